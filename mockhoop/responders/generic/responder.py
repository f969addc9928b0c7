"""Answers that remember nothing: the same operation and path give the same answer."""

from typing import Any

from mockhoop.errors import ContractError
from mockhoop.messages import Reply
from mockhoop.responders.decision import Decision, Question
from mockhoop.responders.generic.answers import Answers, NotAcceptable, Taste
from mockhoop.responders.generic.problems import problem

_MOST_REMEMBERED = 4_096


class GenericResponder:
    """Decides every call that nobody else decides. It remembers nothing between calls."""

    name = "generic"

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self._known: dict[tuple[str, ...], Reply] = {}

    def serves(self, key: str) -> bool:  # noqa: ARG002 - the last in the row serves everything
        """Every operation."""
        return True

    def decide(self, question: Question) -> Decision:
        """The first success that the contract declares; the same operation and path give the same answer."""
        accept = question.call.headers.get("Accept", "")
        place = (question.operation.key, accept, *question.path_values.values())
        reply = self._known.get(place)
        if reply is None:
            status, response = self.answers.success(question.operation)
            reply = self._reply(question, status, response, Taste())
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[place] = reply
        return Decision(reply, steady=True)

    def example(self, question: Question, code: int | None, taste: Taste) -> Reply | None:
        """The answer that the contract declares for a status, made as it is liked; None for an undeclared status.

        Without a status it is the first success.

        Raises:
            LookupError: there is no example of that name; the text says which there are.
        """
        if code is None:
            code, response = self.answers.success(question.operation)
        else:
            found: Any = self.answers.declared(question.operation, code)
            if found is None:
                return None
            response = found
        return self._reply(question, code, response, taste, str(code))

    def _reply(self, question: Question, status: int, response: Any, taste: Taste, *more: str) -> Reply:
        accept = question.call.headers.get("Accept", "")
        key = (*question.path_values.values(), *more)
        try:
            return self.answers.reply(question.operation, status, response, key, accept, taste=taste)
        except NotAcceptable as error:
            return problem(406, str(error), code="NOT_ACCEPTABLE")
        except ContractError as error:
            return problem(500, f"the contract asks for what cannot be: {error}", code="UNSATISFIABLE")
