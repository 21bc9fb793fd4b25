"""What people write to each other on two candidacies of the demonstration."""

from __future__ import annotations

import io

from vae_portal.actions import conversation, evidence
from vae_portal.actions.conversation import Written
from vae_portal.demonstration import papers
from vae_portal.demonstration.story import Story
from workflows.facts import Actor


def with_camille(story: Story) -> None:
    """A question, its answer with a file, a thank you that waits to be read, and a note between colleagues."""
    _say(
        story,
        story.candidate,
        "Bonjour,\n\nMon tableau de bord contient des chiffres de mon entreprise. Puis-je les masquer"
        " sans que la preuve perde sa valeur ?\n\nCamille Exemple",
    )
    story.clock.wait(hours=3)
    _say(
        story,
        story.advisor,
        "Bonjour Camille,\n\nOui : masquez les montants et les noms, gardez les dates et les indicateurs."
        " Le modèle joint montre ce que la commission regarde.",
        file="modele-tableau-de-bord.pdf",
    )
    story.clock.wait(minutes=20)
    _say(story, story.advisor, "Employeur à rappeler avant l'entretien : il a proposé une visite d'atelier.", note=True)
    story.clock.wait(hours=1)
    _say(story, story.candidate, "Merci, je dépose une version masquée cette semaine.")


def about_a_deposit(story: Story) -> None:
    """One question of the centre, not read yet."""
    _say(story, story.advisor, "Bonjour,\n\nVotre dossier est bien arrivé. Nous le lisons et revenons vers vous.")


def _say(story: Story, author: Actor, text: str, note: bool = False, file: str = "") -> None:
    services = story.services
    written = Written(text, f"demo-{story.clock.now:%Y%m%d%H%M%S}-{author.person_id}"[:32], internal=note)
    if not file:
        conversation.write(services, author, story.number, written)
        return
    with evidence.receive(services, file, io.BytesIO(papers.pdf(file, story.number))) as (received, kept_as):
        conversation.write(services, author, story.number, written, [(kept_as, received)])
