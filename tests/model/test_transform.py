"""Claims about the transform from one image to another that it was made from."""

from __future__ import annotations

import numpy as np

from rpiocr.model.transform import Points, PointTransform, Projection


def shifted(points: Points) -> Points:
    """A step that is not projective: the further to the right, the lower."""
    return points + np.column_stack([np.zeros(len(points)), points[:, 0] ** 2 / 100.0])


DOUBLED = Projection(np.diag([2.0, 2.0, 1.0]))


def test_without_steps_every_point_stays_where_it_is() -> None:
    points = np.array([[3.0, 4.0], [0.0, -1.0]])
    assert (PointTransform()(points) == points).all()


def test_the_step_that_was_added_last_is_applied_first() -> None:
    transform = PointTransform().after(DOUBLED).after(shifted)
    assert transform(np.array([[10.0, 5.0]])).tolist() == [[20.0, 12.0]]


def test_the_affine_approximation_agrees_with_the_transform_near_the_point() -> None:
    oblique = Projection(np.array([[1.0, 0.1, 5.0], [0.0, 1.2, 0.0], [1e-4, 0.0, 1.0]]))
    transform = PointTransform().after(oblique).after(shifted)
    near = transform.affine_at(40.0, 30.0)
    for point in ((40.0, 30.0), (42.0, 30.0), (40.0, 33.0)):
        assert np.allclose(near @ np.array([*point, 1.0]), transform(np.array([point]))[0], atol=0.06)
