"""Commands: articles that speak to a machine rather than to a reader.

Such an article is not shown to a model, so that nothing can be written from it. A screen, not
the wall: the wall is the check of every sentence. It knows the usual wordings and misses others
(docs/llm.md has figures), and an article about such attacks is taken for one; it is searched and
quoted as any other all the same.
"""

from __future__ import annotations

import re

from brief_qa.french import fold
from brief_qa.texts import visible

_RULES = (
    r"(?:instructions?|consignes?|regles?|directives?|ordres|prompts?|rules?|guidelines?|orders"
    r"|garde-fous|restrictions)"
)
_MACHINE = (
    r"(?:ia|ai|llm|chat ?bots?|chatgpt|gpt|assistante?s?|assistants? virtuels?|bots|robots"
    r"|modeles?(?: de langa[gu]e\w*)?|(?:language )?models?|intelligences? artificielles?"
    r"|systemes? automatises?)"
)
_START = r"(?:^|[\n.!?:;«“\"(>*#]|- ) ?"  # where an imperative begins
_WRITE = (
    r"(?:reponds|repondez|repete|repetez|ecris|ecrivez|affiche|affichez|recopie|recopiez|traduis"
    r"|traduisez|decode|decodez|conclus|concluez|revele|revelez|dis|dites|affirme|affirmez|cite"
    r"|citez|ajoute|ajoutez|termine|terminez|remplace|remplacez|resume|resumez|ignore|ignorez"
    r"|oublie|oubliez|answer|respond|reply|repeat|print|output|write|say|decode|translate|reveal"
    r"|append|ignore|forget|disregard|execute[rz]?|insere[rz]?|commence|commencez)"
)
_ORDER = (
    r"(?:que |qu'|par |uniquement|seulement|simplement|toujours|exactement|desormais|mot pour mot"
    r"|ceci|(?:a )?tou(?:te?s?|s)\b|ton |ta |tes |chaque|maintenant|with |that |only|exactly"
    r"|aux? (?:lecteurs?|lectrices?|utilisat\w+)|the |your |this|above|all |every|always|:)"
)
_PATTERNS = (
    # "Ignore les instructions précédentes"
    r"\b(?:ignor|oubli|neglig|outrepass|contourn|desobei|disregard|forget|overrid|bypass|remplac"
    rf"|annul|efface)\w* [^.\n]{{0,60}}\b{_RULES}\b[^.\n]{{0,30}}"
    r"(?:precedent|initial|ci-dessus|systeme|qui precede|anterieur|previous|prior|above|system|recu"
    r"|donne|given)",
    r"\b(?:ignore|oublie|disregard|forget|override|bypass)z? (?:tout|tes|toutes|vos|all|your|any"
    r"|everything|ce qui)\b",
    rf"\b(?:tes|vos|your|nouvelles|new|updated) (?:\w+ )?{_RULES}\b",
    # "Tu es maintenant un pirate"
    r"\b(?:tu es|vous etes|you are) (?:maintenant|desormais|now|un assistant|an? (?:ai|assistant)"
    r"|dan\b)",
    rf"\b(?:si tu es|si vous etes|if you are|as) (?:une? |an? )(?:\w+ )?{_MACHINE}\b",
    r"\b(?:fais|faites) comme si (?:tu|vous)\b|\b(?:joue|jouez) le role\b|\bjeu de role\b"
    r"|\bpretend (?:to|that|you)\b|\bact as\b|\brole-?play\b",
    # "Note à l'attention des assistants"
    r"\b(?:note|message|consigne|instruction|rappel|notice|important|attention|urgent|info)s?\b"
    rf"[^.\n]{{0,25}}\b(?:au|aux|a l'|a l'attention d\w+|pour|destinee?s? \w+|to|for)[^.\n]{{0,20}}"
    rf"\b{_MACHINE}\b",
    rf"(?:^|\n|[.!?] )(?:cher|chere|dear|hey|hello|bonjour) {_MACHINE}\b",
    # turns, tags and ids
    r"\b(?:prompt|message|instructions?|consignes?) (?:systeme|system|cachee?s?|secretes?"
    r"|initial\w*)\b",
    r"\b(?:system|developer) (?:prompt|message|override|note)\b",
    r"<\W{0,2}(?:im_|start_|end_|eot|bos|eos|s>|system|assistant|user|inst|think|passage|question"
    r"|tool)|\[/?inst\]|<<sys|(?:^|\n)#{2,} ?(?:system|instruction|response|user|assistant)",
    r"(?:^|\n)\W{0,4}(?:system|systeme|assistant|user|utilisateur|developpeur|developer|human)\W{0,4}:",
    r"[\[(] ?(?:passage )?p ?\d{1,3} ?[\])]",
    r"\bfin (?:des passages|du contexte|des donnees|des sources|du document)\b|\bend of (?:context"
    r"|passages?|documents?)\b",
    # "Réponds que…"
    rf"{_START}{_WRITE} [^.\n]{{0,30}}?{_ORDER}",
    r"\b(?:reponds|repondez|ecris|conclus) (?:que |qu'|par |simplement|uniquement|toujours)",
    r"\b(?:ta|your) (?:\w+ )?(?:reponse|answer|response|sortie|output|prompt)\b",
    r"\b(?:dans|a la fin de|au debut de) (?:ta|la|votre) reponse\b",
    # "Tu dois dire que…", "Toi qui résumes cette page…", "Dans ton résumé…"
    r"\b(?:tu dois|tu devras|tu vas|tu ne dois|tu dis|tu ecris|tu reponds|tu ajoutes)\b",
    r"\b(?:toi|vous) qui (?:resume|li[st]|lisez|traite|indexe|analyse|genere|redige)\w*",
    r"\b(?:ton|ta|your) (?:\w+ )?(?:resume|synthese|texte|summary|answer|conclusion|redaction)\b",
    r"\bvotre (?:resume|synthese|reponse)\b|\bvotre (?:mission|role|tache|but) ?:",
    r"\b(?:vous incarnez|tu incarnes|vous jouez|tu joues) (?:desormais|maintenant|un|une|le|la)\b",
    r"\b(?:reponses?|resumes?|textes?|syntheses?) (?:produit|gener|redig|ecrit|fourni)\w* a partir"
    r" de[^.\n]{0,40}\b(?:doi|devr)\w+",
    rf"\b{_MACHINE}\b[^.\n]{{0,40}}\b(?:doivent|devront|sont pri\w+ de|must|should|are asked to)\b",
    r"\bne (?:tiens|tenez|tenir) (?:pas|aucun|plus) compte de (?:ce qu|tout|la|les|l'|tes|vos)",
    r"\b(?:disregard|override|overrule|ignore) (?:\w+ ){0,3}(?:told|directives?|rules|earlier|above"
    r"|previous\w*|instructions?)\b",
    r"\b(?:envoie|envoyez|transmets|transmettez|send|forward) (?:\w+ ){0,4}(?:conversation|question"
    r"|historique|history|prompt)\b",
    r"\b(?:dans la suite|a partir) de (?:la|cette) conversation\b"
    r"|\bdans (?:toute|chaque) reponse\b",
    r"(?:^|[\n.!?] )\W{0,3}(?:assistant|systeme|system)\W{0,3}(?:: ?|\] )",
    # An image that carries something away; nothing is tried again inside a long run.
    r"!\[[^\[\]\n]*+\]\([^)\n?&]{0,2000}+[?&][^)\n=]{0,2000}+=",
)
_COMMANDS = tuple(re.compile(pattern) for pattern in _PATTERNS)
_TAGS = re.compile("[\U000e0020-\U000e007f]")
"""Invisible letters: there to be read by a machine."""


def commands_a_model(text: str) -> bool:
    """Whether a text gives orders to a model, or has the marks that set its turns apart."""
    folded = fold(visible(text)).replace("’", "'")
    return bool(_TAGS.search(text)) or any(pattern.search(folded) for pattern in _COMMANDS)
