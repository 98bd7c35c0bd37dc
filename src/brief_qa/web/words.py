"""What the web page says, in French."""

from __future__ import annotations

NAME = "brief_qa"
TITLE = "Questions à l’archive"
HOW = (
    "Posez une question : la réponse est faite de phrases citées mot pour mot, chacune avec son "
    "article. Quand l’archive ne sait pas, elle le dit."
)
HOW_WRITTEN = (
    "Posez une question : la réponse est rédigée par un modèle de langue, et chaque phrase "
    "vérifiée dans les articles qu’elle cite. Quand l’archive ne sait pas, elle le dit."
)
TRY = "Par exemple"
QUESTION = "Votre question"
PLACEHOLDER = "Posez votre question"
ASK = "Demander"
START_AGAIN = "Nouvelle conversation"
CONVERSATION = "Conversation"
STOP = "Arrêter"
STOPPED_HERE = "Vous avez arrêté la recherche de cette réponse."
RETRY = "Poser de nouveau"
ONWARD = "Pour continuer"
JUDGE = "Cette réponse est-elle juste ?"
JUDGE_REFUSAL = "L’archive ne le dit-elle vraiment pas ?"
RIGHT = "Oui"
WRONG = "Non"
WHY_WRONG = "Qu’est-ce qui ne va pas ?"
THANKS = "Merci : votre avis est noté."
FEEDBACK_LOST = "Votre avis n’a pas pu être noté : l’archive ne peut pas être écrite."
COPY_LINK = "Copier le lien"
EXPORT_CONVERSATION = "Exporter"
AS_MARKDOWN = "En Markdown, avec les sources"
REOPENED = "Conversation à rouvrir"
NOT_KEPT_HERE = (
    "Ce lien ne rouvre aucune conversation de cette archive : il est incomplet, il vient d’une "
    "autre archive, ou d’une version plus ancienne."
)
SOURCE_CHANGED = (
    "Un article que cette réponse citait a été corrigé ou supprimé depuis : elle n’est plus "
    "montrée."
)

WAITING = "{questions} avant la vôtre…"
SEARCHING = "Recherche dans l’archive…"
NO_QUESTION = "(question vide)"
UNDERSTOOD = "Comprise comme : « {question} »"
AS_WRITTEN = "Chercher la question telle quelle"
ASKED_AS_WRITTEN = "Cherchée telle quelle"
READING = "Lecture de {passages} de {articles}…"
WRITING = "Rédaction en cours…"
READ = "{passages} lus en {seconds} s"
CONFIDENCE = "Confiance : {word}"
ARCHIVE = "Archive {period}"

PERIOD = "Période lue : {read}."
SEARCH_WITHOUT = "Chercher sans"
WITHOUT_DATES = "Cherché sans tenir compte des dates de la question."
READ_DATES = "Les lire"

SOURCES = "Sources"
LATEST = "Derniers articles"
NEAR = "Articles proches"
FOUND = "Trouvés, en cours de lecture"
HOLDINGS = "L’archive contient {holdings}."
BRIEF = "Brève"
UPDATED = "modifié le {day}"
UNTITLED = "(sans titre)"
BACK = "Revenir à la citation {number}"
SOURCE = "Source {number}"
READ_ARTICLE = "Lire l’article"
GO_TO = "Voir sur {host}"
CLOSE = "Fermer"

TOO_MANY = (
    "Trop de questions sont posées en même temps. Réessayez dans quelques instants : la vôtre "
    "n’a pas été traitée."
)
UNFORESEEN = (
    "Une erreur imprévue a empêché de répondre ; elle est notée dans le journal du serveur. "
    "Réessayez, ou posez la question autrement."
)
NO_SUCH_ARTICLE = "Cet article n’est pas, ou n’est plus, dans l’archive."
QUOTE_GONE = "La phrase citée ne figure plus dans cet article : il a été corrigé depuis la réponse."
NOT_OUR_NAME = (
    "Ce serveur ne répond pas au nom « {host} ». Si c’est le sien, il faut le lancer avec "
    "--allowed-host {host}"
)
TOO_MANY_OF_YOURS = (
    "Plusieurs questions posées de votre adresse attendent déjà leur réponse. Reposez celle-ci "
    "quand elles l’auront reçue."
)
TOO_OFTEN = (
    "Trop de demandes viennent d’ici. Réessayez dans {seconds} s, ou demandez moins souvent."
)
CLOSED = "Cette adresse n’existe pas."
TOO_LONG = "Cette demande est trop longue."

# -- search ----------------------------------------------------------------------------------

SEARCH_TITLE = "Recherche dans l’archive"
QUESTIONS = "Questions"
SEARCH = "Recherche"
SECTIONS_OF_SITE = "Pages du site"
SEARCH_LABEL = "Mots ou question"
SEARCH_PLACEHOLDER = "Des mots, un nom, une question"
OPERATORS = (
    "Plusieurs mots : d’abord les articles qui en ont le plus. « Entre guillemets » : ces mots, "
    "dans cet ordre. -mot : sans ce mot."
)
EXACTLY = "Articles qui contiennent exactement {expressions}."
NOT_EXACTLY = "Aucun article ne contient exactement {expressions} : voici les plus proches."
WITHOUT_WORDS = "Sans {expressions}."
DO_SEARCH = "Chercher"
FILTERS = "Filtres"
FILTER = {
    "since": "Depuis le",
    "until": "Jusqu’au",
    "section": "Rubrique",
    "source": "Source",
    "author": "Auteur",
    "kind": "Genre",
}
ANY = "Toutes"
ANY_KIND = "Tous"
KINDS = ("article", "brève")
REMOVE = "Retirer : {label}"
REMOVE_ALL = "Tout retirer"
NOTHING_FOUND = "Aucun article ne correspond à ces filtres."
FIRST_OF_MANY = "les {articles} les plus proches"
BY_MEANING_TOO = ("{near} proche par le sens", "{near} proches par le sens")
NO_WORD_FOUND = "Aucun article n’a ces mots"
ONLY_COMMON_WORDS = "Ces mots sont trop courants pour être cherchés"
NEAREST = (
    "voici celui qui s’en approche par le sens",
    "voici les {near} qui s’en approchent par le sens",
)
LAST_OF_MANY = "les {articles} les plus récents"
BY_RELEVANCE = "par pertinence"
BY_DATE = "par date"
SORTED = "Triés"
EXPORT = "Exporter"
TIMELINE = "Articles trouvés par mois"
TIMELINE_YEARS = "Articles trouvés par année"
PAGES = "Pages de résultats"
PREVIOUS = "Précédents"
NEXT = "Suivants"
BY_MEANING = "trouvé par le sens"
BY_WORDS = "mots trouvés : {words}"
SIMILAR = "Dans le même sujet"
ASK_IT = "Poser cette question à l’archive"
SEARCH_IT = "Voir tous les articles qui en parlent"
REFERENCE = "Référence"
COPY = "Copier"
COPY_IT = "Copier la réponse et ses sources"

API = "Chercher, interroger et tenir à jour une archive d’articles."
READY = "brief_qa est prêt : {address}  (Ctrl-C pour arrêter)"
STOPPED = "brief_qa est arrêté."

# -- when it was written -----------------------------------------------------------------------

UPDATED_AT = "mise à jour {moment}"
TAKEN_IN = "reçu"
CORRECTED = "corrigé"
CORRECTED_TIMES = "corrigé {times} fois, la dernière"
ALL_VERSIONS = "Toutes les versions"
CHANGED = {
    "text": "texte remanié",
    "title": "titre modifié",
    "date": "date modifiée",
    "facts": "références modifiées",
}

# -- near-copies, and articles like one ----------------------------------------------------------

ALMOST_THE_SAME = ("presque identique", "presque identiques")
"""One, and several."""
A_COPY = "dont {copies} presque identique à un autre"
COPIES = "dont {copies} presque identiques à d’autres"
ARTICLES_LIKE = "Articles semblables"
ALL_LIKE = "Tous les articles semblables"

# -- other doors -----------------------------------------------------------------------------

NOT_JSON = "Le corps de la demande n’est pas du JSON que l’on puisse lire."
NOT_SENT_AS_JSON = (
    "Le corps de la demande doit être envoyé comme JSON (Content-Type: application/json)."
)
NO_SUCH_MODEL = "Il n’y a pas ici de modèle de ce nom : /v1/models les donne."
ASK_API = (
    "Poser une question à l’archive : la réponse citée, en JSON comme « brief-qa ask --json »."
)
OTHER_SITE = "Une page d’un autre site ne peut pas appeler cette adresse."

# -- on other sites ----------------------------------------------------------------------------

NO_ORIGIN = (
    "« {given} » n’est pas l’adresse d’un site. Donnez son protocole et son nom, sans rien après : "
    "https://journal.example"
)
NOT_ALLOWED_FROM = "Ce site ne peut pas interroger cette archive depuis ses pages."
NO_ADDRESS = (
    "« {given} » n’est ni une adresse IP ni un réseau. Donnez ceux du mandataire : 127.0.0.1 ou "
    "10.0.0.0/8"
)
NOT_FOR_YOU = (
    "Ces chiffres ne se lisent que de cette machine ou d’un réseau privé, sans passer par un "
    "mandataire."
)
# -- keys and the archive --------------------------------------------------------------------

NEEDS_KEY = "Il faut une clé pour cela : « Authorization: Bearer CLÉ »."
NEEDS_WIDER_KEY = "Cette clé n’en donne pas le droit ; il faut une clé de droit « {scope} »."
WRONG_KEY = "Cette clé n’est pas reconnue. Elle a pu être mal copiée, ou supprimée."
NOT_ADMIN = (
    "Cette clé ne donne pas le droit d’administrer l’archive : il faut une clé de droit « admin »."
)
TOO_MANY_WRONG = "Trop de clés fausses ont été essayées d’ici. Réessayez dans {seconds} secondes."
FOREIGN_FORM = (
    "Cette demande n’est pas venue d’une page de ce site : elle n’a pas été faite. Rouvrez la page "
    "et recommencez."
)
ARTICLE_EXISTS = (
    "L’archive a déjà un article « {id} ». Remplacez-le par PUT, ou donnez un autre identifiant."
)
ARTICLE_CHANGED = "L’article n’est plus celui que vous avez lu. Relisez-le, puis recommencez."
OTHER_ID = "L’adresse dit « {id} » et le corps « {given} » : ce doit être le même identifiant."
SAME_WORDS = "L’archive a déjà ces mots sous un autre identifiant : rien n’a été ajouté."
LATER_VERSION = (
    "L’archive a de cet article une version modifiée plus tard : celle-ci n’a pas pris sa place."
)

ARCHIVE_PAGE = "Archive"
ARCHIVE_TITLE = "L’archive"
HOLDS = "Ce que l’archive contient"
FIGURES = {
    "articles": "Articles",
    "briefs": "dont brèves",
    "undated": "Sans date",
    "period": "Période",
    "latest": "Le plus récent",
    "sources": "Sources",
    "passages": "Passages",
    "encoder": "Encodeur",
    "size": "Taille",
}
NOTHING_YET = "—"
TODAY = "aujourd’hui"
AGO = "il y a {days}"
IN_FUTURE = "dans {days}"
BY_MONTH = "Articles par mois"
BY_YEAR = "Articles par année"
MOST_IN = "Jusqu’à {articles} par mois, en {month}."
BY = {"section": "Articles par rubrique", "source": "Articles par source"}
MORE_NAMES = {"section": "Autres rubriques : {count}", "source": "Autres sources : {count}"}
WITHOUT = {"section": "{articles} sans rubrique", "source": "{articles} sans source"}
EMPTY_ARCHIVE = "L’archive est vide."
READ_ONLY = (
    "L’index est en lecture seule : l’archive s’interroge, mais rien ne peut y être ajouté, "
    "supprimé ou refait. Il faut donner au serveur le droit d’écrire dans son dossier."
)

SIGN_IN = "Connexion"
SIGN_IN_HOW = "Donnez une clé de l’archive ; « brief-qa key create » en fait une."
SIGN_IN_ADMIN = "Pour administrer l’archive, il faut une clé de droit « admin »."
SIGN_IN_READ = "Cette archive ne se lit qu’avec une clé."
KEY = "Clé"
DO_SIGN_IN = "Se connecter"
ADMINISTER = "Administrer l’archive"
SIGNED_IN = "Connecté avec la clé « {name} »"
SIGN_OUT = "Se déconnecter"
SIGNED_OUT = "Vous êtes déconnecté."

ADD = "Ajouter des articles"
DROP = "Déposez ici des fichiers ou un dossier"
CHOOSE_FILES = "Choisir des fichiers"
ACCEPTED = "Textes copiés, HTML, Markdown, JSONL, JSON, CSV, et zip de tout cela ; {limit} au plus."
RESTORE_TOO = "Reprendre aussi ce qui a été supprimé"
DO_ADD = "Ajouter"
STOPPING = (
    "Le serveur s’arrête : {articles} lus jusque-là, gardés dans l’archive. Recommencez ensuite."
)
NO_FILE = "Aucun fichier n’a été envoyé : choisissez-en au moins un."
OUTCOMES = {
    "added": ("ajouté", "ajoutés"),
    "updated": ("mis à jour", "mis à jour"),
    "unchanged": ("inchangé", "inchangés"),
}
NOTHING_ADDED = "Aucun article n’a été ajouté."
ADDED_ONES = "Ajoutés ou mis à jour"
REFUSED = "Refusés"
WITHHELD = "Supprimés auparavant, non repris"
REMARKS = "Gardés, avec une remarque"
AND_MORE = "… et {count}."
DELETED_ON = "supprimé le {day}"

ARTICLES = "Supprimer un article"
TITLE_WORDS = "Mots du titre"
FIND = "Trouver"
NO_TITLE_FOUND = "Aucun article n’a ces mots dans son titre."
DELETE = "Supprimer"
DELETE_ONE = "Supprimer « {title} »"
DELETED = "« {title} » est supprimé : aucune réponse ne le cite plus."
DELETE_HERE = "Supprimer cet article"
UNDO_LIST = "Supprimés depuis votre connexion"
UNDO = "Rétablir"
UNDO_ONE = "Rétablir « {title} »"
UNDONE = "« {title} » est rétabli."
NOT_UNDONE = "Cet article ne peut plus être rétabli d’ici : reprenez-le de sa page."
MAINTENANCE = "Entretien"
REINDEX_HOW = "Refait ce qui se déduit des articles et ne va pas : passages, vecteurs, mots."
REINDEX = "Vérifier et réindexer"
REINDEXED = "Refait : {done}."
NOTHING_TO_REINDEX = "Rien n’était à refaire : l’index est sain."
JOURNAL = "Journal"
NO_ENTRY = "Rien n’a encore été écrit par cette page ni par l’API."
DEEDS = {
    "add": "Ajout",
    "replace": "Remplacement",
    "delete": "Suppression",
    "restore": "Rétablissement",
    "ingest": "Envoi",
    "fetch": "Reprise du Web",
    "reindex": "Réindexation",
}

# -- pages taken from the web ------------------------------------------------------------------

NO_FETCHING = (
    "Ce serveur n’ajoute pas de page par son adresse. Pour qu’il le fasse, il faut le lancer avec "
    "--allow-fetch."
)
TOO_MANY_FETCHES = "Trop de pages sont demandées au Web en même temps. Réessayez dans un instant."
