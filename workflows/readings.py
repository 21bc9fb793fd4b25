"""Each reading chosen where the text leaves room: which rule holds it, what we chose and the alternative beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One choice: `rule` is the function or constant of this package that holds it, as module.name."""

    name: str
    rule: str
    chosen: str
    alternative: str
    source: str


READINGS: tuple[Reading, ...] = (
    # Admissibility
    Reading(
        "Two months",
        "clocks.silence_counts_from",
        "the centre may answer until midnight (Paris) of the day of the same number two months later, or that month's"
        " last day; silence counts from the day after",
        "silence counts on that day itself, or from the first working day after it",
        "R6412-4",
    ),
    Reading(
        "Supplement after acknowledgement",
        "admissibility.not_yet_acknowledged",
        "it voids the acknowledgement: the next one starts two new months; an appeal does likewise",
        "the delay is only suspended and the days already run are kept",
        "R6412-4",
    ),
    Reading(
        "Admission after the two months",
        "admissibility.within_two_months",
        "once silence has counted the centre can no longer refuse or ask, but may still write an express admission",
        "nothing but the tacit admission can be recorded from that day",
        "R6412-4",
    ),
    Reading(
        "Yearly limits",
        "admissibility.yearly_limits",
        "requests submitted in the civil year count, withdrawn ones included; three whole requests in all, each for a"
        " different certification; requests for blocks neither count nor are refused because of a whole request",
        "withdrawn or inadmissible requests do not count; or three others beside the first",
        "R6412-3",
    ),
    Reading(
        "Who studies an appeal",
        "admissibility.another_advisor",
        "another advisor than the one who refused, from the new acknowledgement on",
        "the same advisor, where a centre has only one",
        "no text",
    ),
    Reading(
        "Pieces still to ask for",
        "review.nothing_to_ask",
        "a request is not declared complete while the advisor judges one of its pieces to replace or missing",
        "the advisor declares it complete and asks later, which stops the two months",
        "R6412-4",
    ),
    Reading(
        "By when a supplement is answered",
        "review.answer_by_ahead",
        "a date the centre names, within six months, as an indication: a late answer is received all the same",
        "the request is closed when the date has passed",
        "no text",
    ),
    Reading(
        "A version that states no regime",
        "regimes.in_force",
        "the rules of France VAE",
        "the transitional regime, until the certification joins France VAE",
        "no text",
    ),
    Reading(
        "The transitional regime",
        "regimes.binds",
        "same yearly limits and same two months on R335-7; no lapse, no legal day for the jury nor for the result:"
        " nothing is due, late or alerted",
        "every delay of France VAE applied to it as well",
        "R335-7, not read in its exact text",
    ),
    Reading("One appeal", "admissibility.first_appeal", "once per request", "as often as facts are new", "no text"),
    Reading(
        "Sixth month",
        "clocks.lapse_due",
        "the end of the sixth calendar month that follows the month of the notice",
        "the day of the same number six months later",
        "R6412-4",
    ),
    Reading(
        "A late step",
        "admissibility.no_step_for_six_months",
        "any step made since the notice keeps the admissibility, even a late one, as long as no lapse is recorded",
        "only a step made before the end of the sixth month keeps it",
        "R6412-4",
    ),
    # Dossier
    Reading(
        "Thin coverage",
        "dossier.thin",
        "a capability shown by a single file, or in a single situation where no file says what it shows nor where to"
        " look, is said to be thin and may be deposited",
        "a centre's own number of files or situations, or a refusal of the deposit",
        "no text",
    ),
    # Interview
    Reading(
        "Notice of an interview",
        "interview.slot_fits",
        "fifteen days unless the centre sets another notice, the same when it is moved",
        "no notice when the candidate agrees to an earlier day",
        "no text",
    ),
    Reading(
        "A slot chosen by hand",
        "interview.nothing_against",
        "what is only inconvenient (a holiday, the centre's hours, free time, breaks, the most a day) is told, and"
        " booked all the same by a planner who says so",
        "refused, as the list and the plan refuse it",
        "no text",
    ),
    Reading(
        "Absence",
        "interview.slot_started",
        "found from the start of the slot on; before, the planner moves or cancels",
        "recorded in advance when announced",
        "no text",
    ),
    Reading(
        "Employer's opinion",
        "interview.every_capability_assessed",
        "optional in a VAE: an assessment can be closed without it",
        "required for each block: the fiche says “Et avis de l'entreprise” without setting the VAE apart",
        "fiche 28242",
    ),
    Reading(
        "Modality of an assessment",
        "interview.every_modality_told",
        "said for the interview or for each capability before anybody signs; the text is written without it until then",
        "required with each verdict, as it is written; or left out of the text",
        "fiche 28242",
    ),
    Reading(
        "Who asks an employer",
        "opinion.asking_refused",
        "the candidate alone, from the deposit on, three at a time; the link lives thirty days and nobody reminds",
        "the centre asks each employer that the dossier names",
        "no text",
    ),
    Reading(
        "An opinion that comes late",
        "opinion.link_lives",
        "none is taken once the evaluation is closed: no evaluator would read it",
        "it is taken until the jury meets, and read by the jury alone",
        "no text",
    ),
    # Independence
    Reading(
        "A link that employers suggest",
        "interview.link_presumed",
        "an evaluator who works or worked for an organisation that the candidate names is presumed linked, and sits"
        " only once they have declared that they are not; names are compared without case, accents and legal form",
        "it is shown to the planner, and bars nobody; or it bars for good, whatever is declared",
        "D6412-6",
    ),
    Reading(
        "An evaluation that cannot go on",
        "interview.lawful_goes_on",
        "a planner cancels the interview, opened though it is, once those present are no lawful commission; what was"
        " written stays on record, and another commission hears the candidate from the beginning without reading it",
        "a substitute joins the commission, which goes on from what is written; or the evaluation waits",
        "D6412-6",
    ),
    Reading(
        "Alone first",
        "assessment.each_has_shown",
        "each evaluator present judges alone and shows their grid, empty if they say so, before the text is written",
        "the commission writes one text from the start",
        "no text",
    ),
    Reading(
        "A disagreement",
        "assessment.disagreement_told",
        "the text says how it was settled, and the summary that opinions differed and on which capability, never whose",
        "the summary names who thought what; or keeps the settled verdict alone",
        "no text",
    ),
    Reading(
        "A disagreement at the closing",
        "assessment.every_disagreement_told",
        "also one that appeared since, when someone who was absent came back with a grid of their own",
        "what is shown after the text was written changes nothing",
        "no text",
    ),
    # Jury
    Reading(
        "Third month",
        "clocks.jury_due",
        "the end of the third calendar month that follows the month of the deposit",
        "the day of the same number three months later",
        "R6412-5",
    ),
    Reading(
        "A dossier sent back",
        "steps.due",
        "the delay to the jury stops while the dossier is back with the candidate; the next deposit opens another",
        "the delay runs on from the first deposit",
        "R6412-5",
    ),
    Reading(
        "Off the agenda",
        "jury.yet_to_sit",
        "before the session starts; after, only where its jury cannot lawfully pronounce on that candidate",
        "never once the session has started, or at any time until it closes",
        "no text",
    ),
    Reading(
        "Members convoked",
        "duties.due_on",
        "each member is convoked at least seven days before the session, and the composition notified to the"
        " organisations of both colleges at least five days before; what is late shows, and forbids nothing",
        "the fifteen days given to the unions hold for convocations too; or a late duty forbids the opening",
        "no text",
    ),
    Reading(
        "Duties without a register",
        "duties.owed",
        "where the centre's register names no organisation, the duty is one line, noted for all of them at once",
        "nothing can be noted until the register is filled in",
        "accord of 8 Nov. 2019",
    ),
    Reading(
        "Substitutes",
        "composition.substitute_faults",
        "a substitute of the employers' college, or of a union, votes only while as many titulars of that delegation"
        " are absent, have left or do not vote",
        "a substitute votes only in the place of one titular, named beforehand",
        "fiche 28242",
    ),
    Reading(
        "Who stays without voting",
        "composition.parity_remedy",
        "when a member has left for a candidate, a voter of the other college stays without voting: substitutes first,"
        " then the last seated, never who presides; where a college has no voter left, the candidate is put back",
        "the other college chooses; or the candidate is put back each time",
        "fiche 28242",
    ),
    Reading(
        "President",
        "composition.president_faults",
        "a voting member of the employers' college, unless the certification's version says either college",
        "either college, in turn",
        "accord of 8 Nov. 2019",
    ),
    Reading(
        "President absent or recused",
        "composition.presiding",
        "nobody casts a decisive vote until an acting president of the same college is named for that candidate;"
        " without one the jury cannot pronounce on that candidate",
        "the eldest member of the college presides of right",
        "fiche 28242",
    ),
    Reading(
        "Unions",
        "composition.union_faults",
        "the presence of every representative union is not required; one vote for each union present, that of its"
        " temporary-work member included",
        "every representative union must be present; or the temporary-work member has a vote of their own",
        "fiche 28242",
    ),
    Reading(
        "Temporary work",
        "composition.temporary_work_faults",
        "one member beside the employers' five, counted among the employers, and one for each union",
        "one for the whole employees' delegation",
        "fiche 28242",
    ),
    Reading(
        "Conflicts in the jury",
        "jury.session_valid",
        "nobody sits for themselves; a member who declared a relation has left; the advisor or an evaluator of the"
        " candidate may sit in the jury unless they declared one",
        "whoever studied or evaluated the candidacy leaves the jury for it",
        "D6412-6",
    ),
    Reading(
        "Referring back",
        "jury.sits_in_session",
        "any member present records it for the jury",
        "the president alone, after a vote",
        "fiche 28242",
    ),
    Reading(
        "Abstentions and ties",
        "votes.block_acquired",
        "abstentions count neither for nor against; a tie follows the vote that the president cast; a president who"
        " abstains leaves the matter undecided and the jury cannot pronounce",
        "an abstention counts against; or a tie without the president's vote is a refusal",
        "fiche 28242",
    ),
    Reading(
        "Leaving the commission's proposal",
        "jury.blocks_decided",
        "the jury is free, and writes why",
        "no reason is needed",
        "no text",
    ),
    Reading(
        "Outcome",
        "outcome.outcome",
        "a round that adds nothing ends partially validated for someone who holds blocks, not validated for someone who"
        " holds none; named blocks that complete the set give the certification",
        "a round that adds nothing is not validated; a request for named blocks gives blocks only",
        "fiche 28242",
    ),
    Reading(
        "Next round",
        "outcome.blocks_of_next_round",
        "the missing blocks among those asked for; once all of these are held, the rest of the certification",
        "blocks not asked for need a new request for admissibility (extension)",
        "no text",
    ),
    Reading(
        "A vote after its count",
        "votes.stands",
        "whoever votes must be those who were counted: when somebody left or came back since, the vote is given up and"
        " taken again; a vote that settles its block is not given up",
        "the ballots of those who still vote are counted again, which tells how the one who left voted",
        "no text",
    ),
    Reading(
        "Who revokes",
        "jury.presided",
        "whoever presided for that candidate: the acting president where one was named",
        "the president of the session in every case",
        "no text",
    ),
    Reading(
        "Results leave together",
        "results.may_release",
        "whoever presides the session releases all its results at once, after it is closed; until then no candidate"
        " knows theirs; where the president was not there, whoever presided for a candidate may release",
        "each result leaves when it is pronounced, or once every member has signed the minutes",
        "R6412-7",
    ),
    Reading(
        "Fraud found later",
        "fraud.conclusion_refused",
        "both sides are heard first, as before an administration: facts in writing, fifteen days at least to answer, a"
        " hearing where it is asked for; whoever pronounced concludes; late answers count until then",
        "the centre withdraws at once, since what was obtained by fraud creates no right",
        "CRPA L121-1, L122-1, L241-2",
    ),
    # Convocations
    Reading(
        "Who chooses among slots",
        "offer.slots_on_offer",
        "where the centre says so, the candidate takes one of two to five slots until a day that the planner names;"
        " the notice is counted from that day, and nothing is held for them before they choose",
        "the slots offered are held until then; or the planner alone chooses",
        "no text",
    ),
    Reading(
        "Until when a convocation is answered",
        "convocation.answer_refused",
        "until the interview begins, and one may change one's mind; asking for another date moves nothing by itself",
        "no answer is taken in the last days, or silence counts as a confirmation",
        "no text",
    ),
    Reading(
        "An absence that is not excused",
        "convocation.explain_by",
        "the candidate explains within fifteen days, and a planner may excuse it afterwards; either way another date is"
        " given, however many were missed",
        "an absence that is not excused ends the candidacy, or sends it back to the advisor",
        "no text",
    ),
    # Conversation
    Reading(
        "Who talks with the candidate",
        "conversation.other_side",
        "the staff of the centre; evaluators and jurors neither read nor write, so that they judge what was deposited"
        " and said before them only; messages are never edited or deleted, and one still writes after the decision",
        "evaluators too, once the interview is over",
        "D6412-6",
    ),
    Reading(
        "Mails about messages",
        "conversation.next_mail",
        "never the text; at once but ten minutes apart, once a day at eight in the morning, or never, as each chooses",
        "one mail for each message, with its text",
        "no text",
    ),
)
