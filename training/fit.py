"""Fits the network: ``python -m training.fit --out rpiocr/preprocess/outlines.onnx ALBUM.npz...``.

Needs the dependency group ``training``, and half an hour on two cores for 6000 pictures.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from training.album import Shown, load
from training.examples import SIDE, example

WIDTHS = (16, 24, 32, 48, 64)
"""Channels at a half, a quarter, ... of the picture's size."""

AT_ONCE = 16
FASTEST = 3e-3


def _layer(before: int, after: int, kernel: int = 3, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    padding = dilation * (kernel // 2)
    convolution = nn.Conv2d(before, after, kernel, stride, padding, dilation, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


class Network(nn.Module):
    """A small U-Net: five scales, the coarsest with dilated convolutions, so that every place knows of all others."""

    def __init__(self) -> None:
        super().__init__()
        first, *others = WIDTHS
        self.down = nn.ModuleList([nn.Sequential(_layer(2, first, kernel=5, stride=2), _layer(first, first))])
        *middle, last = others
        for before, after in zip(WIDTHS, middle, strict=False):
            self.down.append(nn.Sequential(nn.MaxPool2d(2), _layer(before, after), _layer(after, after)))
        wide = (_layer(last, last, dilation=dilation) for dilation in (2, 4, 2))
        self.down.append(nn.Sequential(nn.MaxPool2d(2), _layer(middle[-1], last), *wide))
        pairs = list(zip(WIDTHS[::-1], WIDTHS[-2::-1], strict=False))
        self.narrow = nn.ModuleList([nn.Conv2d(before, after, 1) for before, after in pairs])
        self.up = nn.ModuleList([_layer(after, after) for _, after in pairs])
        self.out = nn.Conv2d(first, 3, 1)

    def forward(self, shown: torch.Tensor) -> torch.Tensor:
        """Return logits of maps, shape (n, 3, h / 2, w / 2), for pictures (n, 2, h, w)."""
        scales = []
        there = shown
        for down in self.down:
            there = down(there)
            scales.append(there)
        there = scales.pop()
        for narrow, up in zip(self.narrow, self.up, strict=True):
            larger = functional.interpolate(narrow(there), scale_factor=2, mode="bilinear", align_corners=False)
            there = up(larger + scales.pop())
        maps: torch.Tensor = self.out(there)
        return maps


class Examples(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Pictures, differently in every round."""

    def __init__(self, album: Sequence[Shown]) -> None:
        self.round = 0
        self._album = album

    def __len__(self) -> int:
        return len(self._album)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        made = example(self._album[index], np.random.default_rng((self.round, index)))
        return torch.from_numpy(made.shown), torch.from_numpy(made.maps)


def loss_of(maps: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Cross entropy that counts more near rims and corners, and the overlap of the sheets (Dice)."""
    sheet, rim, corner = wanted.unbind(1)

    def entropy(number: int, weight: torch.Tensor) -> torch.Tensor:
        each = functional.binary_cross_entropy_with_logits(maps[:, number], wanted[:, number], reduction="none")
        return (each * weight).mean()

    likely = torch.sigmoid(maps[:, 0])
    overlap = (2 * (likely * sheet).sum((1, 2)) + 50) / (likely.sum((1, 2)) + sheet.sum((1, 2)) + 50)
    return entropy(0, 1 + 4 * rim) + entropy(1, 1 + 3 * rim) + entropy(2, 1 + 20 * corner) + 0.5 * (1 - overlap).mean()


def fit(album: Sequence[Shown], rounds: int, state: Path | None = None) -> Network:
    """Fit a network to pictures, from the weights in ``state`` on where that exists; they are kept there."""
    torch.manual_seed(0)
    network = Network()
    if state and state.exists():
        network.load_state_dict(torch.load(state, weights_only=True))
    network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), FASTEST, weight_decay=1e-3)
    steps = rounds * (len(album) // AT_ONCE) + 1
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, FASTEST, total_steps=steps, pct_start=0.15)
    examples = Examples(album)
    started = time.monotonic()
    for number in range(rounds):
        examples.round = number
        losses = [_step(network, batch, optimiser, pace) for batch in _batches(examples)]
        if state:
            torch.save(network.state_dict(), state)
        click.echo(f"round {number + 1}: loss {np.mean(losses):.4f} after {time.monotonic() - started:.0f} s", err=True)
    return network


def _batches(examples: Examples) -> DataLoader[tuple[torch.Tensor, torch.Tensor]]:
    return DataLoader(examples, AT_ONCE, shuffle=True, drop_last=True, num_workers=1)


def _step(network: Network, batch: Any, optimiser: torch.optim.Optimizer, pace: Any) -> float:  # noqa: ANN401 - torch's
    shown, wanted = batch
    loss = loss_of(network(shown.contiguous(memory_format=torch.channels_last)), wanted)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    pace.step()
    return float(loss.item())


def write(network: Network, path: Path) -> None:
    """Write a network as OpenCV reads it."""
    network.eval()
    picture = torch.zeros(1, 2, SIDE, SIDE)
    sizes = {0: "n", 2: "height", 3: "width"}
    torch.onnx.export(
        network,
        (picture,),
        str(path),
        dynamo=False,
        input_names=["picture"],
        output_names=["maps"],
        dynamic_axes={"picture": sizes, "maps": sizes},
        opset_version=13,
    )


@click.command()
@click.argument("albums", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="Weights to go on from; kept up to date."
)
@click.option("--rounds", type=click.IntRange(1), default=14, show_default=True)
def main(albums: Sequence[Path], out: Path, rounds: int, state: Path | None) -> None:
    """Fit a network to what ``training.draw`` has drawn."""
    write(fit(load(albums), rounds, state), out)


if __name__ == "__main__":
    main()
