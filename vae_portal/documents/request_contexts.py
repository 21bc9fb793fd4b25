"""What the documents of a request and of its answer are filled with; the form of a line is that of `contexts`."""

REQUEST = """
submitted_at | demande déposée (instant)
nature | nature de la demande (« première demande »)
target | ce qui est visé (texte)
sections[].title | rubrique : titre
sections[].rows[].label | rubrique : libellé de la ligne
sections[].rows[].value | rubrique : réponse
experiences[].job | expérience : emploi ou activité
experiences[].status ? | expérience : statut
experiences[].organisation | expérience : structure et adresse
experiences[].family ? | expérience : famille professionnelle
experiences[].certification ? | expérience : certification, si c'était une formation
experiences[].period | expérience : période (texte)
experiences[].working_time ? | expérience : temps de travail (texte)
experiences[].total_hours ? | expérience : nombre total d'heures
experiences[].activities | expérience : activités en rapport direct
hours_total | heures déclarées en tout (texte)
overlaps[] ? | expériences qui se recouvrent (une phrase chacune)
pieces[].title | pièce : ce qu'elle est
pieces[].file_name | pièce : nom du fichier
sworn_at ? | déclaration sur l'honneur (instant)
"""

TWO_MONTHS = """
completed_on | demande complète (jour)
answer_due_on | dernier jour pour répondre (jour)
tacit_on | recevabilité acquise sans réponse à partir de (jour)
"""

SUPPLEMENT = """
items[].title | pièce ou précision demandée
items[].reason | pourquoi elle est demandée
answer_by ? | date souhaitée de réponse (jour)
clock_stopped ? | vrai si le délai de deux mois courait déjà
"""

ADMISSIBLE = """
decided_on | date de la décision (jour)
target | ce qui est visé (texte)
opinions[].block.code | bloc demandé : code (« BC1 »)
opinions[].block.title | bloc demandé : intitulé
opinions[].gaps | bloc demandé : écarts relevés (texte)
opinions[].recommendations ? | bloc demandé : recommandations (texte)
lapse_on ? | fin du sixième mois (jour)
"""

TACIT = TWO_MONTHS + "lapse_on ? | fin du sixième mois (jour)\n"

INADMISSIBLE = """
decided_on | date de la décision (jour)
reason | motifs (texte)
appeal_possible | vrai si un recours est encore possible
appeal_link ? | adresse de la page de recours
"""
