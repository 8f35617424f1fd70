"""Trains the network: ``python -m training.fit --out rpiocr/preprocess/outlines.onnx ALBUM.npz...``.

Needs the dependency group ``training``, and half an hour on two cores for 6000 images.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset, WeightedRandomSampler

from training.album import LabelledImage, load
from training.examples import SIDE, example

WIDTHS = (16, 24, 48, 96, 128)
"""Channels at a half, a quarter, ... of the image size."""

BATCH_SIZE = 16
MAX_LEARNING_RATE = 3e-3

ROUND_SHARE = 0.5
"""Share of the images that are used in a round, preferably those with a high loss."""

MIN_WEIGHT, MAX_WEIGHT = 0.5, 4.0
"""Minimum and maximum sampling weight of an image, relative to that of one with the median loss."""


def _layer(before: int, after: int, kernel: int = 3, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    padding = dilation * (kernel // 2)
    convolution = nn.Conv2d(before, after, kernel, stride, padding, dilation, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(after), nn.ReLU(inplace=True))


class Network(nn.Module):
    """A small U-Net: five scales, the coarsest with dilated convolutions for a receptive field of the whole image."""

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
        """Return the logits of the maps, shape (n, 3, h / 2, w / 2), for images of shape (n, 2, h, w)."""
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


Drawn = tuple[torch.Tensor, torch.Tensor, int]
"""Input, expected maps, and index of the image."""


class Examples(Dataset[Drawn]):
    """Random examples of images, different in every round."""

    def __init__(self, album: Sequence[LabelledImage]) -> None:
        self.round = 0
        self._album = album

    def __len__(self) -> int:
        return len(self._album)

    def __getitem__(self, index: int) -> Drawn:
        made = example(self._album[index], np.random.default_rng((self.round, index)))
        return torch.from_numpy(made.shown), torch.from_numpy(made.maps), index


def loss_of(maps: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """Return the loss per image: cross entropy, weighted near rims and corners, and Dice loss of documents."""
    sheet, rim, corner = wanted.unbind(1)

    def entropy(number: int, weight: torch.Tensor) -> torch.Tensor:
        each = functional.binary_cross_entropy_with_logits(maps[:, number], wanted[:, number], reduction="none")
        return (each * weight).mean((1, 2))

    likely = torch.sigmoid(maps[:, 0])
    overlap = (2 * (likely * sheet).sum((1, 2)) + 50) / (likely.sum((1, 2)) + sheet.sum((1, 2)) + 50)
    return entropy(0, 1 + 4 * rim) + entropy(1, 1 + 3 * rim) + entropy(2, 1 + 20 * corner) + 0.5 * (1 - overlap)


def fit(
    album: Sequence[LabelledImage], rounds: int, state: Path | None = None, fastest: float = MAX_LEARNING_RATE
) -> Network:
    """Train a network, starting from the weights in ``state`` if that exists, and saving them there."""
    torch.manual_seed(0)
    network = Network()
    if state and state.exists():
        load_widened(network, torch.load(state, weights_only=True))
    network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), fastest, weight_decay=1e-3)
    shown = int(ROUND_SHARE * len(album)) // BATCH_SIZE * BATCH_SIZE
    pace = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, fastest, total_steps=rounds * shown // BATCH_SIZE + 1, pct_start=0.15
    )
    examples = Examples(album)
    losses = torch.full((len(album),), torch.nan)
    started = time.monotonic()
    for number in range(rounds):
        examples.round = number
        sampler = WeightedRandomSampler(_sampling_weights(losses).tolist(), shown, replacement=False)
        for batch in DataLoader(examples, BATCH_SIZE, sampler=sampler, num_workers=1):
            losses[batch[2]] = _step(network, batch, optimiser, pace)
        if state:
            torch.save(network.state_dict(), state)
        spent = time.monotonic() - started
        click.echo(f"round {number + 1}: loss {losses.nanmean():.4f} after {spent:.0f} s", err=True)
    return network


def load_widened(network: Network, weights: Mapping[str, torch.Tensor]) -> None:
    """Copy the weights of another network, which can be narrower, so that the output is initially the same.

    New channels of a layer use all channels of the layer before; old channels do not use new ones.
    """
    own = network.state_dict()
    for name, known in weights.items():
        there = tuple(slice(size) for size in known.shape)
        if known.dim() == 4:
            own[name][: known.shape[0], known.shape[1] :] = 0.0
        own[name][there] = known
    network.load_state_dict(own)


def _sampling_weights(losses: torch.Tensor) -> torch.Tensor:
    """Return the sampling weight of each image: its last loss relative to the median, 1 if it has none."""
    if losses.isnan().all():
        return torch.ones_like(losses)
    middle = losses.nanmedian()
    return (losses.nan_to_num(float(middle)) / middle).clamp(MIN_WEIGHT, MAX_WEIGHT)


def _step(network: Network, batch: Any, optimiser: torch.optim.Optimizer, pace: Any) -> torch.Tensor:  # noqa: ANN401 - torch's
    shown, wanted, _ = batch
    losses = loss_of(network(shown.contiguous(memory_format=torch.channels_last)), wanted)
    optimiser.zero_grad()
    losses.mean().backward()
    optimiser.step()
    pace.step()
    return losses.detach()


def write(network: Network, path: Path) -> None:
    """Export a network as ONNX for OpenCV."""
    network.eval()
    image = torch.zeros(1, 2, SIDE, SIDE)
    sizes = {0: "n", 2: "height", 3: "width"}
    torch.onnx.export(
        network,
        (image,),
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
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="Weights to start from; they are updated."
)
@click.option("--rounds", type=click.IntRange(1), default=14, show_default=True)
@click.option("--fastest", default=MAX_LEARNING_RATE, show_default=True, help="Maximum learning rate.")
def main(albums: Sequence[Path], out: Path, rounds: int, fastest: float, state: Path | None) -> None:
    """Train a network on albums of ``training.draw``."""
    write(fit(load(albums), rounds, state, fastest), out)


if __name__ == "__main__":
    main()
