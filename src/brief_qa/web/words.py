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

PERIOD = "Période lue : {reason} ; {use}."
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
BACK_TO_ARCHIVE = "Retour aux questions"

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
CLOSED = "Cette adresse n’existe pas."
TOO_LONG = "Cette demande est trop longue."

# -- search ----------------------------------------------------------------------------------

SEARCH_TITLE = "Recherche dans l’archive"
QUESTIONS = "Questions"
SEARCH = "Recherche"
SECTIONS_OF_SITE = "Pages du site"
SEARCH_LABEL = "Mots ou question"
SEARCH_PLACEHOLDER = "Des mots, un nom, une question"
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

API = "Chercher et interroger une archive d’articles, en lecture seule."
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

NOT_JSON = "Le corps de la demande n’est pas du JSON (Content-Type: application/json)."
NO_SUCH_MODEL = "Il n’y a pas ici de modèle de ce nom : /v1/models les donne."
ASK_API = (
    "Poser une question à l’archive : la réponse citée, en JSON comme « brief-qa ask --json »."
)
OTHER_SITE = "Une page d’un autre site ne peut pas appeler cette adresse."

# -- on other sites ----------------------------------------------------------------------------

NO_ORIGIN = (
    "« {given} » n'est pas l'adresse d'un site. Donnez son protocole et son nom, sans rien après : "
    "https://journal.example"
)
NOT_ALLOWED_FROM = "Ce site ne peut pas interroger cette archive depuis ses pages."
NO_ADDRESS = (
    "« {given} » n'est ni une adresse IP ni un réseau. Donnez ceux du mandataire : 127.0.0.1 ou "
    "10.0.0.0/8"
)
NOT_FOR_YOU = (
    "Ces chiffres ne se lisent que de cette machine ou d’un réseau privé, sans passer par un "
    "mandataire."
)
