"""A Hugging Face Space: made, set up, started again, looked at. What it is filled with goes by `aac.hub.pushing`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from huggingface_hub import HfApi, SpaceHardware
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from aac.errors import HubError
from aac.hub.access import HubAccess, call

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewSpace:
    """A Space to be made. hardware: a flavor. variables: for all to see. secrets: the Hub never shows them again."""

    repository: str
    hardware: str
    is_public: bool
    variables: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class SpaceState:
    """A Space as it stands.

    stage: the Hub's word, such as BUILDING, APP_STARTING, RUNNING, SLEEPING, BUILD_ERROR or PAUSED. hardware: what was
    last asked for. commit: the one that runs; empty where the Hub does not tell. head: the latest one, and is_private:
    whether few may see it; both only from `find_space`.
    """

    stage: str
    hardware: str
    commit: str
    head: str = ""
    is_private: bool = True


@dataclass(frozen=True, slots=True)
class SpaceSettings:
    """What is set on the Hub: variables with their values, secrets by their names alone."""

    variables: Mapping[str, str]
    secrets: frozenset[str]


def hardware_names() -> tuple[str, ...]:
    """The flavors that the client knows of."""
    return tuple(one.value for one in SpaceHardware)


def find_space(access: HubAccess, repository: str) -> SpaceState | None:
    """The Space as it stands; None where there is none. Raises `HubError`."""

    def find(api: HfApi) -> SpaceState | None:
        try:
            info = api.space_info(repository)
        except RepositoryNotFoundError:
            return None
        state = _state(api.get_space_runtime(repository))
        return replace(state, head=str(info.sha or ""), is_private=bool(info.private))

    return call(access, find, repository)


def create_space(access: HubAccess, space: NewSpace) -> None:
    """Make it with its hardware, variables and secrets in one request, so that its first start has them.

    One that is there already, by an answer that was lost, is as good as made. Raises `HubError`.
    """
    flavor: Any = space.hardware  # the client sends any text, though it names but the ones it knows

    def create(api: HfApi) -> None:
        api.create_repo(
            space.repository,
            repo_type="space",
            private=not space.is_public,
            exist_ok=True,
            space_sdk="gradio",
            space_hardware=flavor,
            space_secrets=_pairs(space.secrets),
            space_variables=_pairs(space.variables),
        )

    call(access, _told_of_costs(create, space.repository, space.hardware), space.repository)


def read_settings(access: HubAccess, repository: str) -> SpaceSettings:
    """What is set. Raises `HubError`."""

    def read(api: HfApi) -> SpaceSettings:
        variables = {name: found.value for name, found in api.get_space_variables(repository).items()}
        return SpaceSettings(variables, frozenset(api.get_space_secrets(repository)))

    return call(access, read, repository)


def set_variable(access: HubAccess, repository: str, name: str, value: str) -> None:
    """Set it; an empty value removes it. A Space that runs starts again. Raises `HubError`."""

    def write(api: HfApi) -> None:
        if value:
            api.add_space_variable(repository, name, value)
        else:
            api.delete_space_variable(repository, name)

    call(access, write, repository)


def set_secret(access: HubAccess, repository: str, name: str, value: str) -> None:
    """Set it, or set it anew. A Space that runs starts again. Raises `HubError`."""
    call(access, lambda api: api.add_space_secret(repository, name, value), repository)


def request_hardware(access: HubAccess, repository: str, flavor: str) -> None:
    """Ask for another machine. The Space starts again. Raises `HubError`."""
    wanted: Any = flavor

    def ask(api: HfApi) -> None:
        api.request_space_hardware(repository, wanted)

    call(access, _told_of_costs(ask, repository, flavor), repository)


def restart_space(access: HubAccess, repository: str) -> None:
    """Start it again as it is. Raises `HubError`."""
    call(access, lambda api: api.restart_space(repository), repository)


def space_state(access: HubAccess, repository: str) -> SpaceState:
    """Where it stands. Raises `HubError`."""
    return call(access, lambda api: _state(api.get_space_runtime(repository)), repository)


def space_log(access: HubAccess, repository: str, lines_max: int, *, of_build: bool) -> tuple[str, ...]:
    """The last lines of the build's log, or of the app's own, without the secrets. Raises `HubError`."""
    lines = call(access, lambda api: list(api.fetch_space_logs(repository, build=of_build)), repository)
    return tuple(access.hidden(line.rstrip()) for line in lines[-lines_max:])


def is_public_dataset(access: HubAccess, repository: str) -> bool:
    """Whether there is such a dataset repository and everybody may read it. Raises `HubError`."""

    def look(api: HfApi) -> bool:
        try:
            return not api.dataset_info(repository).private
        except RepositoryNotFoundError:
            return False

    return call(access, look, repository)


def _state(runtime: Any) -> SpaceState:
    hardware = runtime.requested_hardware or runtime.hardware or ""
    return SpaceState(str(runtime.stage), str(hardware), str(runtime.raw.get("sha") or ""))


def _pairs(named: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": name, "value": value} for name, value in named.items()]


def _told_of_costs(action: Callable[[HfApi], T], repository: str, flavor: str) -> Callable[[HfApi], T]:
    """Elsewhere a 402 tells of a full disk; here, of a plan that does not have the machine."""

    def act(api: HfApi) -> T:
        try:
            return action(api)
        except HfHubHTTPError as error:
            if error.response.status_code != 402:
                raise
            raise HubError(
                f"O Hub pede um plano pago para {repository} em {flavor} (402). Use --hardware zero-a10g, de que uma "
                "conta gratuita tem dois, ou veja https://huggingface.co/pricing.",
                f"The Hub asks for a paid plan for {repository} on {flavor} (402). Use --hardware zero-a10g, of which "
                "a free account has two, or see https://huggingface.co/pricing.",
            ) from None

    return act
