"""Lines that news sites put around and inside articles, known by their words.

Every pattern is matched against a whole line, folded (lower case, no accents) and
stripped of its bullets and arrows; so a sentence that merely contains "newsletter",
"publicité" or "lire aussi" is never one. Lines over 300 characters are none of these,
which also keeps every pattern's cost bounded.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from brief_qa.bylines import is_section
from brief_qa.french import fold

_LIMIT = 300


class Litter(Enum):
    """What a line of no article is."""

    NOISE = auto()
    """A button, a counter, an advertisement, a notice: nothing about its neighbours."""
    BOX = auto()
    """Part of a newsletter, subscription or login box: short lines between two are too."""
    LINK = auto()
    """A link to another article on the line itself: "Lire aussi : …"."""
    LINKS = auto()
    """The head of links to other articles, possibly in the middle of the body."""
    END = auto()
    """The head of what follows an article: most read, same section, tags."""
    COMMENTS = auto()
    """The head of the readers' comments, or a part of their form."""


def litter(line: str) -> Litter | None:
    """What kind of litter the line is, or None for anything that may be an article's."""
    if len(line) > _LIMIT:
        return None
    plain = _plain(line)
    if not plain:
        return Litter.NOISE
    for kind, pattern in _PATTERNS:
        if pattern.fullmatch(plain):
            return kind
    if _is_link(line, plain):
        return Litter.LINK
    if _is_share_bar(plain) or _is_menu(line, plain) or _HASHTAGS.fullmatch(line.strip()):
        return Litter.NOISE
    return None


def _plain(line: str) -> str:
    """Folded, one space between words, without what decorates its two ends."""
    folded = " ".join(fold(line).replace("’", "'").replace("…", "...").split())
    return _DECORATION.sub("", folded)


_DECORATION = re.compile(r"^[^\w(©@«\"]+|[^\w)©»\"?!.%*]+$")


def _whole(alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(part.strip() for part in alternatives.strip().split("\n")))


_NOISE = _whole(
    r"""
    publicite|annonce|pub|sponsorise|contenu (?:publicitaire|sponsorise)
    (?:l'article continue|(?:lire )?la suite)(?: de .{4,20})? (?:apres|sous) (?:cette|la) \w+
    a(?:[ +-]*a)*[ +-]*|[+-] ?a ?[+-]?|taille du texte.*
    (?:augmenter|diminuer|agrandir|reduire) (?:la taille .*|le texte|la police|l'image|la photo)
    (?:temps de )?lecture ?:? ?(?:estimee? ?:? ?)?(?:audio|\d+ ?m(?:i?n|inutes?)\.?(?: de lecture)?)
    (?:temps de lecture ?:? ?)?(?:moins d'une minute|\d+ ?m(?:i?n|inutes?)\.?)(?: de lecture)?\.?
    (?:re)?ecouter(?: (?:l'|cet )article| le podcast| en direct| l'audio)?(?: .{0,12})?
    lecture audio.*|votre navigateur .*|(?:volume|lecture|pause|muet|plein ecran)(?: \d.*)?
    \d{1,2}:\d{2}(?::\d{2})? ?/ ?\d{1,2}:\d{2}(?::\d{2})?
    [\d., ]+[km%]?(?: (?:partages?|vues?|lectures?|likes?|j'aime|abonnes|shares?|votes?|fois))?
    (?:lu|vu|partage) [\d ]+fois
    menu(?: principal)?|navigation(?: principale)?|rechercher.{0,3}|recherche|fermer|close|ouvrir
    (?:aller|passer) au contenu(?: principal)?|skip to content|accueil|home|haut de page
    retour(?: a l'accueil| en haut)?|revenir en haut.*|(?:page )?(?:precedente?|suivante?)|< >
    (?:en )?voir (?:plus|tout|moins|la suite|toutes? .{0,30}|tous (?:les|ses) articles.*)
    en savoir plus|lire (?:plus|la suite|l'article)
    (?:afficher|charger) (?:plus|la suite|le diaporama)(?: .{0,20})?
    chargement(?: en cours)?[. ]*|loading[. ]*|plus|ok|valider|annuler|envoyer|repondre|offrir
    suivre|suivi|partager|imprimer|copier|lien copie.*|traduire(?: la page| cet article)?
    offrir (?:l'|cet )article|reserve|editer|modifier|ajouter .{0,20}(?:favoris|selection|liste).*
    (?:lire|voir) (?:plus tard|dans l'app.*|le journal.*|en plein ecran)|reutiliser ce contenu
    (?:recevoir|activer) (?:les|des) (?:alertes|notifications).*|contribuer|signaler .{0,40}
    proposer une correction|une (?:faute|erreur|coquille) (?:a signaler|dans .{2,4}article) ?\?
    (?:accueil )?edition (?:abonnes|du jour|numerique)|mode (?:sombre|lecture)|zen
    version (?:pdf|imprimable|audio|mobile)|agrandir|diaporama|galerie|zoom
    (?:voir|afficher) (?:la galerie|les photos?|l'image|le diaporama).*
    cliquez (?:ici|pour|sur) .*|videos?|podcasts?|live|(?:en )?direct|replay|exclusif|premium
    alerte info|breaking news
    (?:https?://|www\.)\S+|pic\.twitter\.com/\S+|@[\w.]+|.{1,60}\(@\w+\).{0,40}
    nous utilisons.*|(?:ce|notre) site(?: web)? utilise.*
    en (?:poursuivant|continuant|cliquant sur).*
    avec votre accord.*|(?:nous et nos|nos partenaires et) .*|nous (?:stockons|traitons) .*
    (?:tout )?(?:accepter|refuser)(?: tout| et fermer| et continuer| (?:tous )?les cookies)?
    continuer sans accepter.*|(?:parametrer|personnaliser|gerer)(?: (?:mes|les|vos) .*)?
    j'accepte|je refuse|parametres des cookies|cookies?|gestion des cookies|preferences.{0,30}
    (?:©|\(c\)|copyright).{0,60}(?:\d{4}|reserves|reserved).*
    .{0,160}(?:tous droits (?:de reproduction.{0,40} )?reserves|all rights reserved).{0,60}
    reproduction (?:interdite|integrale).*|mentions legales|confidentialite|flux rss|faq
    (?:politique|charte) (?:de|des|d'|relative|editoriale|deontologique).{0,60}
    (?:cg[uv]|conditions generales).{0,40}|(?:nous )?contact(?:ez-nous|er)?|aide et contact
    nous (?:ecrire|contacter)|qui sommes[- ]nous.{0,3}|a propos(?: de nous)?|plan du site
    annonceurs?|regie publicitaire|publicites et annonces|nos applications
    """
)
_BOX = _whole(
    r"""
    newsletters?(?: [^.:]{0,60})?|(?:la |notre |nos )?(?:lettre|infolettre)s?(?: d'information)?
    la lettre .{0,60}|suivez l'actu.*
    (?:recevez|decouvrez|retrouvez) .*(?:newsletter|lettre|mail|chaque|matin|notification|alerte).*
    (?:recevez|decouvrez|retrouvez) .*(?:boite|essentiel|toute l'|l'actualite de votre).*
    retrouvez(?:-| )nous.*|retrouvez .{0,40} sur (?:facebook|whatsapp|instagram|telegram|google).*
    (?:inscrivez|(?:des)?abonnez|enregistrez|identifiez|connectez|creez)-vous(?: .*)?
    en vous (?:inscrivant|abonnant|connectant).*|vous pouvez (?:vous desinscrire|a tout moment) .*
    desinscription .*
    (?:saisissez |entrez )?votre (?:adresse )?(?:nom|prenom|e-?mail|courriel)(?: \*)?
    adresse e-?mail.{0,30}|e-?mail \*|je m'(?:inscris|abonne)(?: .{0,40})?
    s'(?:inscrire|abonner|identifier|enregistrer)(?: .{0,40})?|se (?:connecter|deconnecter)
    connexion|inscription|mon compte|(?:deja )?abonnes?(?: \?.*)?
    (?:mon )?abonnements?(?: .{0,30})?
    deja (?:abonne|inscrit|un compte).*|creer un compte.*|contenu payant
    (?:cet |l')?(?:article|contenu|acces)s? (?:est |exclusivement |entierement )*reserve.*
    (?:.{0,60} )?reservee?s? (?:a nos |aux )abonnes.{0,20}
    article (?:abonne|payant|premium|offert).{0,40}
    il vous reste .{1,12}%.*|la suite (?:de cet article )?est reservee.*|lisez la suite.*
    (?:pour )?(?:lire la suite|poursuivre (?:la|votre) lecture|acceder a .{0,40})(?:,| et).*
    pour (?:lire la suite|acceder en illimite|rester informe.*)|debloquez .*
    (?:poursuivez|continuez) votre lecture.*|profitez .{0,80}(?:offre|abonn|essai|mois).*
    (?:essai gratuit|(?:1er|premier) mois|sans engagement).{0,40}
    offre (?:speciale|decouverte|limitee).{0,40}
    a partir de [\d,.]+ ?(?:€|euros?) ?(?:/|par) ?mois.{0,40}
    vous avez lu .{0,60}articles?.*|vous avez (?:aime|apprecie) .{0,40}|faire un don.{0,30}
    soutenez(?:-nous| .{0,60})|soutenir (?:le journal|la redaction|notre|l'independance).{0,40}
    (?:rejoignez|suivez)(?:-| )(?:nous|la |le |notre|toute|l'|sur|\w+ sur).*
    (?:telechargez|installez) .{0,80}(?:appli|journal).*|soyez (?:informe|alerte).*
    restez (?:informe|connecte|au courant).*|ne (?:manquez|ratez) (?:rien|pas|aucune?|plus).*
    """
)
_COMMENTS = _whole(
    r"""
    (?:\d+ |aucun |pas de )?commentaires?(?: ?\(?\d+\)?)?(?: sur .*)?|\d+ reactions?
    comments?(?: \(?\d+\)?)?|leave a (?:reply|comment)|les commentaires(?: sont .*)?
    (?:laisse|poste|publie|ajoute|depose)[rz]? (?:un|votre) (?:commentaire|avis).*
    (?:laisse[rz]?|ecri(?:re|vez)) (?:une reponse|(?:un|votre) commentaire).*
    (?:vos|nouveaux?|les \d+) (?:\d+ )?(?:commentaire|reaction)s?(?: .{0,30})?
    (?:tous|voir|lire|afficher) les (?:\d+ )?(?:commentaire|reaction)s?(?: .{0,30})?
    (?:reagir|reagissez|commenter|commentez)(?: (?:a|cet|l'|en|sur).{0,40})?
    (?:votre )?(?:adresse )?(?:e-?mail|de messagerie) ne sera .*|les champs obligatoires .*
    soyez le premier a .*|participer a la (?:discussion|conversation).*|se connecter pour commenter
    """
)
_RELATED = (
    r"(?:similaire|lie|liee|connexe|associe|recommande|relatif|relative|sponsorise|populaire|recent"
    r"|recente|suggere|partenaire)s?|a (?:lire|decouvrir)|du (?:jour|meme auteur)|de la rubrique"
    r"|sur le (?:meme )?(?:sujet|theme)|qui pourraient .*|en (?:lien|rapport)|les plus .{0,20}"
)
_MOST = (
    r"(?:lu|vu|commente|partage|populaire|recent|consulte|regarde|lue|vue|commentee|partagee|recente"
    r"|consultee|regardee)s?"
)
_NEWS = (
    r"(?:actu|actualite|info|minute|nouvelle|article|video|news|podcast|publication|heure)s?"
    r"|en (?:direct|continu)"
)
_END = _whole(
    rf"""
    (?:(?:nos|les|d'autres|derniers|tous les) )?(?:articles?|sujets?|contenus?) (?:{_RELATED})
    (?:(?:nos|les|d'autres|toutes les) )?(?:actualites?|infos?|nouvelles|lectures) (?:{_RELATED})
    (?:(?:les|articles) )?(?:plus|\+) {_MOST}(?: .{{0,30}})?|(?:le )?top (?:des )?articles
    populaires?|tendances?|trending|a ne pas (?:manquer|rater)|ailleurs sur le web
    plus de l'auteure?|du meme auteur|ces articles (?:peuvent|pourraient|devraient) .{{0,40}}
    vous aimerez(?: aussi)?.{{0,20}}
    (?:(?:cela|ca|vous) )?(?:pour|dev)r(?:ait|iez) (?:aussi |vous )*(?:aimer|interesser|plaire).*
    recommandee?s? pour vous|pour vous|(?:notre|la) selection.{{0,30}}|nos recommandations
    plus d'(?:articles|infos|actualites?).{{0,40}}
    (?:dans |de )?(?:la )?meme (?:rubrique|section|categorie|thematique|serie|theme)
    (?:tag|theme|etiquette|sujet|thematique|rubrique|categorie)s?(?: (?:associe|lie)e?s?)?(?: ?:.*)?
    (?:sur les memes themes?|plus sur|mots?[- ]cles?)(?: ?:.*)?|a propos de l'auteure?.*
    l'auteure?|biographie|bio
    (?:(?:nos|les|toutes les|tous les) )?derni(?:er|ere)s? (?:{_NEWS})(?: .{{0,30}})?
    (?:toutes les|toute l'|tous les) ?(?:{_NEWS})(?: .{{0,30}})?|actualites? (?:{_NEWS})
    fil (?:info|infos|actu|d'info|d'actualites?)|le fil|(?:l')?info(?:s|rmation)? en continu
    en continu|en ce moment|sur le fil|a la une(?: .{{0,40}})?|dans l'actualite|l'actualite
    a lire ce (?:jour|soir|matin|week-end)|navigation de l'article
    articles? (?:precedent|suivant)s?(?: .*)?
    """
)
_LINKS = _whole(
    r"""
    (?:a |\()?(?:re\)?)?(?:lire|voir|ecouter|decouvrir|regarder)(?: (?:aussi|egalement|encore))+
    (?:a )?(?:re)?(?:lire|voir) (?:sur le meme sujet|sur (?:ce|le) sujet|a ce sujet|sur notre site)
    a (?:re)?(?:lire|voir|ecouter|decouvrir)|\(?re\)?lire|lire notre .{0,40}|a lire sur .{0,40}
    sur le meme (?:sujet|theme)|sur (?:ce|le) sujet|a ce sujet|plus sur (?:ce|le) sujet
    pour (?:aller plus loin|en savoir plus|approfondir)|autour (?:de ce|du) sujet|et aussi
    notre dossier|nos (?:archives|articles).{0,40}|lectures? (?:complementaires?|recommandees?)
    related|read (?:more|also)
    """
)
_PATTERNS = (
    (Litter.COMMENTS, _COMMENTS),
    (Litter.LINKS, _LINKS),
    (Litter.END, _END),
    (Litter.BOX, _BOX),
    (Litter.NOISE, _NOISE),
)
_HASHTAGS = re.compile(r"(?:#[\w’'-]+[ ,;]*)+")

_VERBS = r"(?:a )?(?:\(?re\)?)?(?:lire|voir|ecouter|decouvrir|regarder)\)?"
_LINK = re.compile(
    rf"{_VERBS} ?(?:aussi|egalement|encore)\b.{{0,40}}? ?[:|›>»—–]"
    rf"|{_VERBS} ?(?:aussi|egalement|encore) -"
    r"|a (?:re)?(?:lire|voir|ecouter|decouvrir)(?: [\w']+){0,4} ?[:|›>—–]"
    r"|(?:lire|voir|ecouter) ?[:|]"
    r"|(?:pour (?:aller plus loin|en savoir plus)|sur le meme sujet|notre dossier) ?[:|›>—–-]"
    r"|(?:article precedent|article suivant|next|previous) ?[:›>»-]"
)
_OUR_LINK = re.compile(r"(?:re)?(?:lire|voir|ecouter) (?:notre|nos|l'|le|la|les)[\w' ]{0,40}[:|]")
_BARE_LINK = re.compile(rf"{_VERBS} (?:aussi|egalement)\b")
_MEDIA_LINK = re.compile(
    r"(?:videos?|en (?:images|photos)|diaporama|podcast|infographies?|replay)\b ?[.:|–—-]"
)


def is_media_head(line: str) -> bool:
    """Does the line start as "VIDÉO. …" or "EN IMAGES - …" do: a title, or a link in a body?"""
    return bool(_MEDIA_LINK.match(_plain(line)))


def _is_link(line: str, plain: str) -> bool:
    stop = line.rstrip().endswith(".") and not line.rstrip().endswith("...")
    if _LINK.match(plain):
        return True
    if stop:
        return False
    if _OUR_LINK.match(plain) or _MEDIA_LINK.match(plain):
        return True
    bare = _BARE_LINK.match(plain)
    if bare:
        following = line.strip().split()[len(bare.group().split()) :]
        return not following or not following[0][0].islower()
    return False


_SHARE = re.compile(
    r"\b(?:partage[rzs]?|partager|share|tweet(?:er|ez)?|facebook|messenger|twitter|whatsapp|linkedin"
    r"|telegram|pinterest|instagram|youtube|tiktok|threads|bluesky|mastodon|reddit|flipboard"
    r"|snapchat|viber|google news|copier(?: le lien| l'url)?|imprimer|envoyer|e-?mail|mail|courriel"
    r"|sms|rss|enregistrer|sauvegarder|commenter|favoris|lien copie)\b"
)
_SHARE_FILLERS = re.compile(
    r"\b(?:x|sur|par|via|et|ou|a|un|ami|lien|le|la|l'|article|cet|cette|page|ouvre|dans|une|nouvelle"
    r"|fenetre|reseaux|sociaux|les|plus|tard|ajouter|aux|mes|reagir|ecouter|suivre|suivez|nous|offrir"
    r"|lire|fermer|pdf|google)\b|[^\w]|\d|\bl(?=')"
)


def _is_share_bar(plain: str) -> bool:
    if plain[-1] in "?!»" or not _SHARE.search(plain):
        return plain == "x"
    return not _SHARE_FILLERS.sub("", _SHARE.sub(" ", plain))


def _is_menu(line: str, plain: str) -> bool:
    """A menu on one line: at least three sections and hardly anything else."""
    if plain[-1] in ".?!»":
        return False
    parts = [part for part in re.split(r"\s*[|•·\t]\s*|\s{2,}", line.strip()) if part]
    if len(parts) >= 3:
        known = sum(is_section(part) or litter(part) is not None for part in parts)
        return known * 2 >= len(parts) and known >= 2
    words = plain.split()
    known = sum(is_section(word) or word in {"accueil", "plus", "menu", "home"} for word in words)
    return len(words) >= 4 and known >= 0.8 * len(words)
