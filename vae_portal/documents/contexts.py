"""What each document is filled with, field by field, in the words shown to whoever edits its template.

One line per field: `path | meaning`, `?` marking what may be absent. Days are ISO dates, instants ISO
datetimes with their zone: a context is stored as JSON before the document is made.
"""

from vae_portal.documents import request_contexts as asked

COMMON = """
number | référence du document
issued_at | établi le (instant)
centre.name | nom du centre
centre.address | adresse du centre (texte, une ou plusieurs lignes)
centre.phone ? | téléphone du centre
centre.email | adresse électronique du centre
signatory ? | signataire pour le centre
signatory.name | nom du signataire
signatory.title ? | qualité du signataire
"""

_CERTIFICATION = """
certification.title | intitulé de la certification
certification.code | code de la certification (« CQPM 0195 »)
certification.rncp | fiche (« RNCP 28242 »)
"""

_CANDIDATE = (
    """
candidate.civility ? | civilité (« Madame », « Monsieur »)
candidate.full_name | prénom et nom
candidate.address_lines[] | adresse postale, ligne par ligne
candidate.birth_date ? | date de naissance (jour)
candidate.birth_place ? | lieu de naissance
candidacy.number | numéro de la candidature
law.limits | article qui limite les demandes dans l'année
law.answer | article qui fixe le délai de réponse
law.lapse ? | article sur la caducité, s'il en est un
law.jury ? | article qui fixe le délai du jury, s'il en est un
law.notify ? | article qui fixe le délai de notification, s'il en est un
"""
    + _CERTIFICATION
)

_RECIPIENT = """
recipient.civility ? | civilité du destinataire
recipient.full_name | prénom et nom du destinataire
recipient.address_lines[] ? | adresse du destinataire, ligne par ligne
"""

_APPOINTMENT = """
interview.starts_at | début de l'entretien (instant)
interview.ends_at | fin de l'entretien (instant)
interview.place ? | lieu
interview.video_link ? | adresse de la visioconférence
"""

_INTERVIEW = (
    _APPOINTMENT
    + """
evaluators[].full_name | membre de la commission : prénom et nom
evaluators[].quality ? | membre de la commission : qualité
"""
)

_BLOCKS = """
blocks[].code | bloc : code (« BC1 »)
blocks[].title | bloc : intitulé
"""

_DECISION = """
deliberated_on | délibération du jury paritaire (jour)
president_name | président du jury : prénom et nom
"""

_SESSION = """
session.number | référence de la session du jury
session.starts_at | ouverture de la session (instant)
session.ends_at ? | fin de la session (instant)
session.place ? | lieu de la session
session.video_link ? | adresse de la visioconférence
candidates[].number | candidat : numéro de candidature
candidates[].full_name | candidat : prénom et nom
candidates[].certification | candidat : certification visée (texte)
"""

_DEPOSIT = """
deposited_at | dépôt du dossier (instant)
deposit | numéro du dépôt
files[].name | fichier : nom
files[].size | fichier : taille (octets)
files[].sha256 | fichier : empreinte SHA-256
files[].confidential ? | fichier : vrai s'il est confidentiel
total_size | taille totale (octets)
manifest_sha256 | empreinte SHA-256 du manifeste
code | code du récépissé (« 3F2A-91C0-77DE-04B8-A6E5 »)
verify_at | adresse de la page qui vérifie ce code
jury_due_on ? | date limite de passage devant le jury (jour)
"""

_DOSSIER = (
    _BLOCKS
    + """
deposited_at ? | dépôt du dossier (instant)
deposit ? | numéro du dépôt
code ? | code du récépissé du dépôt
situations[].number | situation : numéro
situations[].title | situation : titre
situations[].period ? | situation : période (texte)
situations[].organisation ? | situation : structure
situations[].role ? | situation : rôle tenu
situations[].texts[].title | situation, texte : ce dont il parle (« Le contexte »)
situations[].texts[].text | situation, texte : ce qui est écrit
situations[].capabilities[] | situation : codes des capacités, un par un
situations[].evidence[] | situation : preuves et ce qu'elles montrent, une par une (texte)
blocks[].capabilities[].code | capacité : code
blocks[].capabilities[].title | capacité : intitulé
blocks[].capabilities[].situations | capacité : numéros des situations qui la montrent (texte)
blocks[].capabilities[].evidence | capacité : numéros des preuves, et où regarder (texte)
evidence[].number | preuve : numéro
evidence[].file_name | preuve : nom du fichier
evidence[].size | preuve : taille (octets)
evidence[].sha256 | preuve : empreinte SHA-256
evidence[].confidential | preuve : vrai si elle est confidentielle
evidence[].situations ? | preuve : numéros des situations qu'elle appuie (texte)
sworn_at ? | déclaration sur l'honneur (instant)
"""
)

_ASSESSMENT = (
    _INTERVIEW
    + _BLOCKS
    + """
evaluators[].signed_at ? | membre de la commission : a signé (instant)
blocks[].acquired | bloc : vrai s'il est proposé comme acquis
blocks[].capabilities[].code | capacité : code
blocks[].capabilities[].title | capacité : intitulé
blocks[].capabilities[].acquired | capacité : vrai si elle est acquise
blocks[].capabilities[].modality ? | capacité : modalité d'évaluation
blocks[].capabilities[].reason ? | capacité : motif
blocks[].capabilities[].observations ? | capacité : observations
blocks[].capabilities[].criteria[] ? | capacité : critère, rempli ou non, un par un (texte)
blocks[].capabilities[].opinions[] ? | capacité : avis d'une entreprise, un par un (texte)
blocks[].capabilities[].disagreement ? | capacité : vrai si les avis différaient avant que la commission tranche
company_opinion ? | avis de l'entreprise (texte)
observations ? | observations générales (texte)
deposit_sha256 ? | empreinte SHA-256 du manifeste du dossier lu
text_sha256 ? | empreinte SHA-256 du texte signé
"""
)

_JURY_CONVOCATION = (
    _RECIPIENT
    + _SESSION
    + """
recipient.college | collège du destinataire (« employeurs », « salariés »)
recipient.organisation ? | organisation du destinataire
recipient.president ? | vrai si le destinataire préside
"""
)

_SITTING = """
session.number | référence de la session du jury
session.starts_at | ouverture de la session (instant)
session.place ? | lieu de la session
session.video_link ? | adresse de la visioconférence
certifications[].title | certification : intitulé
certifications[].code ? | certification : code
"""

_COMPOSITION = """
members[].full_name | membre : prénom et nom
members[].college | membre : collège
members[].organisation ? | membre : organisation
members[].role | membre : qualité (« préside », « titulaire », « suppléant »)
"""

_MINUTES = (
    _SESSION
    + """
text_sha256 | empreinte SHA-256 du texte signé
certifications[] ? | certification de la session, une par une (texte)
convened_at ? | convocation du jury (instant)
opened_at | ouverture effective (instant)
closed_at | clôture (instant)
president_name | président du jury : prénom et nom
members[].full_name | membre : prénom et nom
members[].college | membre : collège
members[].organisation ? | membre : organisation syndicale, organisation d'employeurs ou employeur
members[].seat | membre : titulaire ou suppléant, travail temporaire (texte)
members[].qualification ? | membre : qualification
members[].president | membre : vrai s'il préside
members[].votes | membre : vrai s'il a droit de vote
members[].present | membre : vrai s'il est présent
absences[].full_name | absence : prénom et nom
absences[].college | absence : collège
absences[].reason ? | absence : motif
recusals[].full_name | déport : membre
recusals[].candidate | déport : candidat
recusals[].withholds ? | déport : vrai si le membre reste en séance sans voter
recusals[].acting_president ? | déport : président de séance pour ce candidat
candidates[].checks[].point | candidat, constat de conformité : son objet
candidates[].checks[].by ? | candidat, constat de conformité : par qui
candidates[].checks[].at | candidat, constat de conformité : quand (instant)
candidates[].outcome | candidat : décision (texte)
candidates[].decided_at ? | candidat : heure de la décision (instant)
candidates[].pronounced_by ? | candidat : qui présidait et a prononcé
candidates[].sat[] ? | candidat : qui a siégé, si ce n'est pas la composition de la séance, un par un (texte)
candidates[].reason ? | candidat : motifs
candidates[].referred[] ? | candidat : renvoi devant la commission et son motif, un par un (texte)
candidates[].revoked[] ? | candidat : décisions rapportées en séance
candidates[].revoked[].decided_at | décision rapportée : prononcée (instant)
candidates[].revoked[].outcome | décision rapportée : ce qu'elle était (texte)
candidates[].revoked[].revoked_at | décision rapportée : rapportée (instant)
candidates[].revoked[].by ? | décision rapportée : par qui
candidates[].revoked[].reason | décision rapportée : motif
candidates[].blocks[].code | bloc : code
candidates[].blocks[].title | bloc : intitulé
candidates[].blocks[].acquired | bloc : vrai s'il est acquis
candidates[].blocks[].consensus ? | bloc : vrai si le jury a décidé par accord, sans vote
candidates[].blocks[].casting_vote ? | bloc : vrai si la voix du président a départagé
candidates[].blocks[].employers.in_favour | voix du collège employeurs : pour
candidates[].blocks[].employers.against | voix du collège employeurs : contre
candidates[].blocks[].employers.abstained | voix du collège employeurs : abstentions
candidates[].blocks[].employees.in_favour | voix du collège salariés : pour
candidates[].blocks[].employees.against | voix du collège salariés : contre
candidates[].blocks[].employees.abstained | voix du collège salariés : abstentions
incidents[] ? | incident de séance, un par un (texte)
withdrawn[] ? | candidatures retirées de l'ordre du jour
withdrawn[].number | candidature retirée : numéro
withdrawn[].full_name | candidature retirée : prénom et nom
withdrawn[].reason ? | candidature retirée : motif
signatories[].full_name | signataire : prénom et nom
signatories[].college | signataire : collège
signatories[].president | signataire : vrai s'il préside
"""
)

_MINUTES_CORRECTION = """
text_sha256 | empreinte SHA-256 du texte signé
session.number | numéro de l'acte rectificatif
session.starts_at | ouverture de la session (instant)
session.place ? | lieu de la session
session.video_link ? | adresse de la visioconférence
president_name | président du jury : prénom et nom
corrects.number | acte rectifié : numéro
corrects.sha256 | acte rectifié : empreinte SHA-256
corrects.made_at | acte rectifié : établi (instant)
made_at | rectification établie (instant)
reason | motif de la rectification
lines[] | rectification, une par une (texte)
signatories[].full_name | signataire : prénom et nom
signatories[].college | signataire : collège
signatories[].president | signataire : vrai s'il préside
"""

_JURY_SHEET = """
session.starts_at | ouverture de la session (instant)
session.place ? | lieu de la session
session.video_link ? | adresse de la visioconférence
certifications[] ? | certification de la session, une par une (texte)
members[].full_name | membre : prénom et nom
members[].college | membre : collège
members[].organisation ? | membre : organisation
members[].seat | membre : titulaire ou suppléant, travail temporaire (texte)
members[].president | membre : vrai s'il préside
"""

_PARTIAL = """
blocks_acquired[].code | bloc acquis : code
blocks_acquired[].title | bloc acquis : intitulé
blocks_acquired[].capabilities[].code | bloc acquis, capacité : code
blocks_acquired[].capabilities[].title | bloc acquis, capacité : intitulé
validity_blocks | durée de validité des blocs (texte : « illimitée »)
competences_acquired[] ? | compétences acquises hors d'un bloc acquis
competences_acquired[].code ? | compétence acquise hors bloc acquis : code
competences_acquired[].title | compétence acquise hors bloc acquis : intitulé
validity_competences ? | durée de validité de ces compétences (texte)
blocks_missing[].code | bloc non acquis : code
blocks_missing[].title | bloc non acquis : intitulé
blocks_missing[].reason ? | bloc non acquis : motifs
"""

_NONE = (
    _BLOCKS
    + """
blocks[].reason ? | bloc : motifs
competences_acquired[] ? | compétences acquises
competences_acquired[].code ? | compétence acquise : code
competences_acquired[].title | compétence acquise : intitulé
validity_competences ? | durée de validité de ces compétences (texte)
"""
)

_BLOCK_CERTIFICATE = """
block.code | bloc : code
block.title | bloc : intitulé
block.capabilities[].code | capacité : code
block.capabilities[].title | capacité : intitulé
validity | durée de validité du bloc (texte : « illimitée »)
valid_until ? | dernier jour de validité du bloc
"""

_AWARD = """
award_number | numéro au registre du centre
verify_code | code de vérification, par groupes de quatre
verify_url | adresse qui vérifie le titre
qr_code ? | code QR de cette adresse (image)
"""

_AWARDS = """
awards[].number | titre délivré : numéro au registre
awards[].code | titre délivré : code de vérification
"""

_FRAUD_NOTICE = """
decided_on | jour de la décision du jury
grievances | faits reprochés (texte)
answer_by | dernier jour pour répondre
answer_link | page du portail où répondre
"""

_PARTICIPATION = """
organisation | organisation qui a siégé
college | son collège (« employeurs », « salariés »)
period | semestre, en mots
sessions[].number | séance : numéro du procès-verbal
sessions[].starts_at | séance : début (instant)
sessions[].place ? | séance : lieu ou visioconférence
sessions[].members | séance : membres présents pour l'organisation (texte)
sessions[].voting | séance : vrai si l'organisation a siégé avec voix
"""

_CAN = _CANDIDATE
DOCUMENTS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("request_summary", "Récapitulatif de la demande", "demande", (_CAN, asked.REQUEST)),
    ("receipt", "Accusé de réception de la demande", "accuse-de-reception", (_CAN, asked.TWO_MONTHS)),
    ("supplement_request", "Demande de compléments", "demande-de-complements", (_CAN, asked.SUPPLEMENT)),
    ("admissible", "Notification de recevabilité", "recevabilite", (_CAN, asked.ADMISSIBLE)),
    ("tacitly_admissible", "Notification de recevabilité tacite", "recevabilite-tacite", (_CAN, asked.TACIT)),
    ("inadmissible", "Notification de non-recevabilité", "non-recevabilite", (_CAN, asked.INADMISSIBLE)),
    ("deposit_receipt", "Récépissé de dépôt du dossier", "recepisse-de-depot", (_CAN, _DEPOSIT)),
    ("evidence_dossier", "Dossier de preuves", "dossier-de-preuves", (_CAN, _DOSSIER)),
    ("interview_convocation", "Convocation à l'entretien", "convocation-entretien", (_CAN, _INTERVIEW)),
    (
        "evaluator_convocation",
        "Convocation d'un membre de la commission",
        "convocation-commission",
        (_CAN, _RECIPIENT, _INTERVIEW, _BLOCKS),
    ),
    ("attendance_sheet", "Feuille d'émargement", "emargement", (_CAN, _INTERVIEW)),
    ("attendance_certificate", "Attestation de présence", "attestation-de-presence", (_CAN, _APPOINTMENT)),
    ("assessment_summary", "Récapitulatif des évaluations", "recapitulatif", (_CAN, _ASSESSMENT)),
    ("jury_convocation", "Convocation au jury paritaire", "convocation-jury", (_JURY_CONVOCATION,)),
    ("union_request", "Demande de désignation à une organisation syndicale", "demande-osr", (_RECIPIENT, _SITTING)),
    ("employers_notice", "Information des employeurs", "information-employeurs", (_RECIPIENT, _SITTING)),
    (
        "composition_notice",
        "Notification de la composition du jury",
        "composition-jury",
        (_RECIPIENT, _SITTING, _COMPOSITION),
    ),
    ("minutes", "Procès-verbal de délibération", "proces-verbal", (_MINUTES,)),
    ("result_all", "Résultat : certification obtenue", "resultat", (_CAN, _DECISION, _BLOCKS, _AWARDS)),
    ("result_some", "Résultat : blocs acquis", "resultat", (_CAN, _DECISION, _PARTIAL, _AWARDS)),
    ("minutes_correction", "Procès-verbal rectificatif", "proces-verbal-rectificatif", (_MINUTES_CORRECTION,)),
    ("jury_attendance_sheet", "Feuille d'émargement du jury", "emargement-jury", (_JURY_SHEET,)),
    ("result_none", "Résultat : certification non acquise", "resultat", (_CAN, _DECISION, _NONE)),
    (
        "block_certificate",
        "Attestation de bloc",
        "attestation-de-bloc",
        (_CAN, _DECISION, _BLOCK_CERTIFICATE, _AWARD),
    ),
    ("certificate", "Certificat", "certificat", (_CAN, _DECISION, _BLOCKS, _AWARD)),
    ("fraud_notice", "Notification de faits reprochés", "faits-reproches", (_CAN, _FRAUD_NOTICE)),
    ("participation", "Attestation de participation aux jurys", "participation-jurys", (_PARTICIPATION,)),
)
