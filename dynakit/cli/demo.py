"""``dynakit demo``: the example shop, filled and asked on the embedded backend, printed for people."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

import dynakit
from dynakit import Client, Environment, show_values
from dynakit.cli.demo_meter import Meter, action_text, read_text
from dynakit.cli.demo_schema import online_shop, sample, story, tour, wiring
from dynakit.client.connect import open_transport

SEED = 1


def run() -> None:
    """Fill a shop in memory, run each of its access patterns and a use case, and print what was done."""
    reconfigure: Callable[..., None] | None = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:  # a terminal that lacks a character shows ? in its place
        reconfigure(errors="replace")
    console = Console(highlight=False)
    started = time.perf_counter()
    Demo(console).show()
    seconds = time.perf_counter() - started
    console.print(f"\nDone in {seconds:.1f} s, in memory; nothing is left behind.")


class Demo:
    """One run of the demo."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.sample = sample.make_sample(SEED)
        self.environment = Environment.simulated(SEED, now=self.sample.now)
        self.meter = Meter(open_transport("memory://"))
        self.shop = wiring.Shop(Client(self.meter, self.environment))

    def show(self) -> None:
        """Print everything, in the order it is done."""
        with show_values(), self.environment.use(), self.shop.client:
            self.load()
            self.ask()
            self.trade()

    def load(self) -> None:
        """Create the table, and put the sample into it."""
        self.title(f"dynakit {dynakit.__version__}: an online shop on one table, on the embedded backend")
        table = online_shop.shop
        self.shop.client.tables.create(table)
        sample.load(self.shop, self.sample)
        indexes = "; ".join(
            f"{index.name}: {', '.join(key.name for key in (*index.partition, *index.sort))}"
            for index in table.indexes
        )
        counts = Counter(type(entity).__name__ for entity in self.sample.entities)
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.line(f"Table {table.name} ({', '.join(table.key_names)}; {indexes}),")
        self.line(f"filled with {counts.total()} items: {told}.")

    def ask(self) -> None:
        """Run each access pattern through its repository, and print what it sent and found."""
        self.title("Access patterns")
        rows = Table(box=SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False, expand=True)
        rows.add_column("what is asked, and the condition sent", ratio=1, overflow="fold")
        rows.add_column("items", justify="right")
        rows.add_column("read\nunits*", justify="right")
        for pattern in tour.access_patterns(self.shop, self.sample):
            rows.add_row(*self.answer(pattern))
            rows.add_row()
        self.console.print(rows)
        self.line("* estimated by dynakit from the sizes of items read; the embedded backend reports none")

    def answer(self, pattern: tour.AccessPattern) -> tuple[Text, str, str]:
        """Run an access pattern: what was asked, how many items were found, at how many read units."""
        self.meter.take()
        found = sum(1 for _ in pattern.ask())
        sent = self.meter.take()
        conditions = (Text(read_text(one.call)) for one in sent)
        units = sum(map(self.meter.read_units, sent))
        return Text("\n").join([Text(pattern.name, "bold"), *conditions]), str(found), f"{units:.1f}"

    def trade(self) -> None:
        """Carry out use cases, and print how each came out and which calls it made."""
        self.title("A use case, step by step")
        for done, outcome in story.story(self.shop, self.sample):
            self.console.print(Text.assemble((done, "bold"), f": {outcome}"))
            calls = Counter(action_text(one.call) for one in self.meter.take())
            told = [f"{count} × {call}" if count > 1 else call for call, count in calls.items()]
            self.line(f"  {', '.join(told)}")

    def title(self, words: str) -> None:
        """Print the heading of a part."""
        self.console.print(Text(f"\n{words}\n", style="bold cyan"))

    def line(self, words: str) -> None:
        """Print plain text."""
        self.console.print(words, markup=False)
