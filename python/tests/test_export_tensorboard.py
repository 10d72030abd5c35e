"""A study in TensorBoard, read by its EventAccumulator and its HParams plugin."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any, Dict, List, Tuple

from exporting import HOSTILE, OddMaker, ToolTestCase, expected, hostile_study
from installed import needs
from study import stune

from stune.export import export


@needs("tensorboard")
class TensorBoard(ToolTestCase):
    """Runs, read by TensorBoard's EventAccumulator and its HParams plugin."""

    format = "tensorboard"

    def check(self) -> None:
        curves = expected(self.study)
        runs = sorted(Path(self.to).glob("trial-*"))
        self.assertEqual([int(path.name[6:]) for path in runs], self.study.trials["trial"])
        for path in runs:
            scalars = self.scalars(path)
            known = curves.get(int(path.name[6:]), {})
            self.assertEqual(set(scalars), set(known))
            for tag, points in scalars.items():
                self.assertEqual([step for step, _ in points], [step for step, _ in known[tag]])
                for (_, value), (_, own) in zip(points, known[tag]):
                    self.assertAlmostEqual(value, own, places=5)

    def scalars(self, run: Path) -> Dict[str, List[Tuple[int, float]]]:
        """Return the scalars of a run by tag: step and value."""
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

        accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0})
        accumulator.Reload()
        found = {}
        for tag in accumulator.Tags()["tensors"]:
            points = [
                (one.step, one.tensor_proto.float_val[0])
                for one in accumulator.Tensors(tag)
                if one.tensor_proto.float_val
            ]
            if points:
                found[tag] = points
        return found

    def hparams(self) -> Any:
        """Return what the HParams tab shows: the experiment, and the groups of sessions."""
        from tensorboard.backend.event_processing import data_provider
        from tensorboard.backend.event_processing import plugin_event_multiplexer
        from tensorboard.plugins import base_plugin
        from tensorboard.plugins.hparams import api_pb2, backend_context
        from tensorboard.plugins.hparams import list_session_groups

        multiplexer = plugin_event_multiplexer.EventMultiplexer()
        multiplexer.AddRunsFromDirectory(self.to)
        multiplexer.Reload()
        provider = data_provider.MultiplexerDataProvider(multiplexer, self.to)
        context = backend_context.Context(base_plugin.TBContext(data_provider=provider))
        from tensorboard.context import RequestContext

        request_context = RequestContext()
        metadata = context.hparams_metadata(request_context, "")
        experiment = context.experiment_from_metadata(request_context, "", True, metadata, [])
        request = api_pb2.ListSessionGroupsRequest(
            start_index=0,
            slice_size=1_000,
            allowed_statuses=[
                api_pb2.STATUS_SUCCESS,
                api_pb2.STATUS_FAILURE,
                api_pb2.STATUS_RUNNING,
                api_pb2.STATUS_UNKNOWN,
            ],
        )
        groups = list_session_groups.Handler(request_context, context, "", request).run()
        return experiment, groups

    def test_live_and_over(self) -> None:
        self.export_live_and_over()

    def test_the_hparams_tab(self) -> None:
        self.export_live_and_over()
        experiment, groups = self.hparams()
        infos = {one.name: one for one in experiment.hparam_infos}
        self.assertEqual(set(infos), {"lr", "hidden", "optimizer", "momentum"})
        self.assertEqual(infos["lr"].domain_interval.max_value, 0.1)
        choices = [one.string_value for one in infos["optimizer"].domain_discrete.values]
        self.assertEqual(sorted(choices), ["adam", "sgd"])
        self.assertEqual([one.name.tag for one in experiment.metric_infos], ["val_loss"])
        self.assertEqual(len(groups.session_groups), 12)
        for group in groups.session_groups:
            trial = int(group.sessions[0].name[len("trial-") :])
            own = self.study.trials[trial]
            self.assertEqual(group.hparams["lr"].number_value, own["lr"])
            self.assertEqual(group.hparams["optimizer"].string_value, own["optimizer"])
            failed = own["state"] in ("failed", "diverged")
            self.assertEqual(group.sessions[0].status, 2 if failed else 1)
            if own["val_loss"] is not None:
                value = group.metric_values[0].value
                self.assertAlmostEqual(value, own["val_loss"], places=5)

    def test_killed_at_random_moments(self) -> None:
        self.follow_and_check(kills=5, longest=2.5)

    def test_what_a_kill_left_half_is_cut(self) -> None:
        export("tensorboard", self.study, self.to)
        file = next(Path(self.to, "trial-000000").iterdir())
        whole = file.read_bytes()
        for cut in range(1, len(whole), 7):
            file.write_bytes(whole[:-cut])
            export("tensorboard", self.study, self.to)
            self.assertEqual(file.read_bytes(), whole, f"{cut} bytes were missing")

    def test_hostile_names(self) -> None:
        maker = hostile_study(self.directory / "hostile")
        self.study = stune.open(maker)
        export("tensorboard", self.study, self.to)
        experiment, groups = self.hparams()
        self.assertEqual([one.name for one in experiment.hparam_infos], [HOSTILE])
        value = groups.session_groups[0].hparams[HOSTILE].string_value
        self.assertEqual(value, HOSTILE)


    def test_odd_names(self) -> None:
        odd = OddMaker(self.directory / "odd")
        self.study = odd.study
        self.export()
        odd.finish()
        curves = odd.curves
        own = "_hparams_/session_end_info"
        curves[f"metrics.{own}"] = curves.pop(own)
        for _ in range(2):
            self.export()
            self.assertEqual(self.scalars(Path(self.to, "trial-000000")), curves)
        _, groups = self.hparams()
        values = groups.session_groups[0].hparams
        found = {name: value.number_value for name, value in values.items()}
        self.assertEqual(found, odd.parameters)
        self.assertEqual(groups.session_groups[0].sessions[0].status, 1)


if __name__ == "__main__":
    unittest.main()
