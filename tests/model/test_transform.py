"""Claims about the way from one picture to another that it was made from."""

from __future__ import annotations

import numpy as np

from rpiocr.model.transform import Mapping, Points, Projection


def shifted(points: Points) -> Points:
    """A step that is not straight: the further to the right, the lower."""
    return points + np.column_stack([np.zeros(len(points)), points[:, 0] ** 2 / 100.0])


DOUBLED = Projection(np.diag([2.0, 2.0, 1.0]))


def test_without_steps_every_point_stays_where_it_is() -> None:
    points = np.array([[3.0, 4.0], [0.0, -1.0]])
    assert (Mapping()(points) == points).all()


def test_the_step_that_was_added_last_is_taken_first() -> None:
    way = Mapping().after(DOUBLED).after(shifted)
    assert way(np.array([[10.0, 5.0]])).tolist() == [[20.0, 12.0]]


def test_near_a_point_the_affine_map_leads_where_the_way_leads() -> None:
    way = Mapping().after(Projection(np.array([[1.0, 0.1, 5.0], [0.0, 1.2, 0.0], [1e-4, 0.0, 1.0]]))).after(shifted)
    near = way.affine_at(40.0, 30.0)
    for beside in ((40.0, 30.0), (42.0, 30.0), (40.0, 33.0)):
        assert np.allclose(near @ np.array([*beside, 1.0]), way(np.array([beside]))[0], atol=0.06)
