import Foundation
import Store
import Testing
import Tuning

/// Studies that begin with what others have found, through the built executables.
@Suite struct ForkTests {
    /// A place with a study that is over: nine trials with rungs at 1, 3 and 9.
    private func finished() async throws -> Workplace {
        try await Workplace.finished()
    }

    /// Writes the file of a new study in a narrower space.
    private func writeNew(
        _ place: Workplace, min: Int = 300, max: Int = 999, metric: String = "loss", trials: Int = 6,
        more: String = "",
        searcher: String = "{type: tpe, seed: 7, startup_trials: 2}"
    ) throws {
        try place.write(
            "new.yaml",
            """
            name: narrow
            metric: {name: \(metric), goal: minimize}
            parameters:
              x: {type: int, min: \(min), max: \(max)}
            searcher: \(searcher)
            scheduler: {type: asha, min_resource: 1, max_resource: 9, reduction_factor: 3}
            trials: \(trials)
            parallel: 1
            command: [./train.sh, "{x}"]
            \(more)

            """)
    }

    /// The events of a study's log.
    private func events(_ study: String) throws -> [Event] {
        var events: [Event] = []
        try Store.openSnapshot("\(study)/snapshot.db").read { reader in
            try reader.forEachFact { events.append($0) }
        }
        return events
    }

    private func configurations(_ study: String) throws -> [Int] {
        try Store.openSnapshot("\(study)/snapshot.db").read { reader in
            try reader.trials().compactMap { $0.configuration["x"]?.number.map { Int($0) } }
        }
    }

    @Test func `a fork with a narrower space begins with what is in it, and needs the old study no more`()
        async throws
    {
        let place = try await finished()
        let old = try configurations(place.study)
        try writeNew(place)
        let fork = try await place.stune("fork", place.study, "new.yaml")
        #expect(fork.code == 0, "\(fork.errors)")
        let inside = old.count { $0 >= 300 }
        #expect(
            fork.output.contains("prior results: \(inside) of 9 from '\(place.study)'"), "\(fork.output)")
        if inside < 9 {
            #expect(
                fork.output.contains(
                    "\(9 - inside), because 'x' is not a whole number from 300 to 999: trial "),
                "\(fork.output)")
        }
        #expect(
            fork.output.contains("run it with: stune run new.yaml --dir '\(place.path)/narrow.stune'"),
            "\(fork.output)")
        // A fork that has not begun may be made again.
        #expect(try await place.stune("fork", place.study, "new.yaml").code == 0)
        try FileManager.default.removeItem(atPath: place.study)
        let run = try await place.stune("run", "new.yaml", "--cluster", "local")
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("prior results: \(inside) of 9"), "\(run.errors)")
        let study = "\(place.path)/narrow.stune"
        let events = try events(study)
        guard case .learned(let prior) = events.first, case .accepted = events[1] else {
            Issue.record("the log begins with \(events.prefix(2))")
            return
        }
        #expect(prior.source == place.study)
        #expect(
            prior.trials.compactMap { $0.configuration["x"]?.number.map { Int($0) } }
                == old.filter { $0 >= 300 })
        // Results at 1, and at 3 and 9 for those that were promoted.
        #expect(prior.trials.allSatisfy { $0.results.first?.resource == Resource(1) })
        let replay = try await place.stune("replay", study)
        #expect(replay.code == 0, "\(replay.output)\(replay.errors)")
        // The same study without them decides differently.
        let alone = try await place.stune("run", "new.yaml", "--dir", "alone.stune", "--cluster", "local")
        #expect(alone.code == 0, "\(alone.errors)")
        #expect(try configurations("\(place.path)/alone.stune") != configurations(study))
        // It runs on with its own file.
        try writeNew(place, trials: 8)
        #expect(try await place.stune("run", "new.yaml", "--cluster", "local").code == 0)
        #expect(try configurations(study).count == 8)
        #expect(try await place.stune("rebuild", study).code == 0)
        #expect(try await place.stune("replay", study).code == 0)
        let late = try await place.stune("fork", "alone.stune", "new.yaml")
        #expect(late.code == 2 && late.errors.contains("has a study already"), "\(late.errors)")
    }

    @Test func `a study file may name studies and tables, and what they hold is told before it runs`()
        async throws
    {
        let place = try await finished()
        let table = try await place.stune("trials", place.study, "--csv")
        try place.write("trials.csv", table.output)
        try place.write("more.csv", "x,loss\n400,0.5\n5000,0.1\n")
        try writeNew(place, min: 100, more: "prior_results: [study, trials.csv, more.csv]")
        let valid = try await place.stune("validate", "new.yaml", "--json")
        #expect(valid.code == 0, "\(valid.output)")
        #expect(
            valid.output.contains(
                #"{"count":2,"left_out":[{"reason":"'x' is not a whole number from 100 to 999","rows":["line 3: 5000"]}],"#
                    + #""notes":[],"source":"more.csv","used":1}"#), "\(valid.output)")
        let run = try await place.stune("run", "new.yaml", "--cluster", "local")
        #expect(run.code == 0, "\(run.errors)")
        for words in [
            "prior results: 9 of 9 from 'study'", "prior results: 9 of 9 from 'trials.csv'",
            "prior results: 1 of 2 from 'more.csv'",
        ] { #expect(run.errors.contains(words), "\(run.errors)") }
        let study = "\(place.path)/narrow.stune"
        // The table has each trial's last result.
        let found = try events(study).compactMap { event in
            if case .learned(let prior) = event { prior } else { nil }
        }
        #expect(found.map(\.trials.count) == [9, 9, 1])
        for (one, other) in zip(found[0].trials, found[1].trials) {
            #expect(one.configuration == other.configuration)
            #expect(one.results.last == other.results.last && other.results.count == 1)
        }
        // A study that has begun runs without its sources.
        for name in ["study", "trials.csv", "more.csv"] {
            try FileManager.default.removeItem(atPath: "\(place.path)/\(name)")
        }
        let again = try await place.stune("run", "new.yaml", "--cluster", "local")
        #expect(again.code == 0, "\(again.errors)")
        let changed = try await place.stune("set", study, "prior_results=[other.csv]")
        #expect(
            changed.code == 2
                && changed.errors.contains(
                    "prior_results cannot change: prior results are read when a study begins; begin another study with "
                        + "'stune fork'"),
            "\(changed.errors)")
        #expect(try await place.stune("replay", study).code == 0)
    }

    @Test func `what cannot be forked is refused with the reason, and nothing is made`() async throws {
        let place = try await finished()
        try writeNew(place, min: 1, max: 99)
        try FileManager.default.createDirectory(
            atPath: "\(place.path)/empty", withIntermediateDirectories: true)
        for (arguments, words) in [
            (["empty", "new.yaml"], "is not a study's directory"),
            (["nowhere", "new.yaml"], "is not a study's directory"),
            (["study", "nothing.yaml"], "nothing.yaml"),
            (
                ["study", "new.yaml"],
                "none of the 9 prior results of '\(place.study)' can be used:"
            ),
        ] {
            let fork = try await Tool.run([Tool.stune, "fork"] + arguments, in: place.path)
            #expect(fork.code == 2 && fork.errors.contains(words), "\(arguments): \(fork.errors)")
        }
        try writeNew(place, metric: "accuracy")
        let other = try await place.stune("fork", place.study, "new.yaml")
        #expect(
            other.code == 2
                && other.errors.contains(
                    "was compared by 'loss', and"),
            "\(other.errors)")
        try writeNew(place, searcher: "{type: random, seed: 1}")
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/narrow.stune"))
        let fork = try await place.stune("fork", "study", "new.yaml", "--dir", "here", "--json")
        #expect(fork.code == 0, "\(fork.errors)")
        #expect(fork.output.contains("\"directory\":\"\(place.path)/here\""), "\(fork.output)")
        let told = try await place.stune("fork", "study", "new.yaml", "--dir", "there")
        #expect(told.output.contains("does not learn from results"), "\(told.output)")
    }

    @Test func `a study of another metric is forked if each report has it`() async throws {
        let place = try Workplace()
        try place.writeStudy()
        try place.write(
            "train.sh",
            """
            #!/bin/sh
            echo "{\\"resource\\": $STUNE_TO, \\"metrics\\": {\\"loss\\": 0.$1, \\"accuracy\\": $1}}" >> "$STUNE_REPORTS"

            """)
        #expect(try await place.runStudy(cluster: "local").code == 0)
        try writeNew(place, min: 100, metric: "accuracy")
        let fork = try await place.stune("fork", place.study, "new.yaml")
        #expect(fork.code == 0 && fork.output.contains("9 of 9"), "\(fork.output)\(fork.errors)")
        #expect(try await place.stune("run", "new.yaml", "--cluster", "local").code == 0)
        guard case .learned(let prior) = try events("\(place.path)/narrow.stune").first else {
            Issue.record("no prior results")
            return
        }
        for trial in prior.trials {
            #expect(trial.results.first?.metrics.keys.sorted() == ["accuracy"])
            #expect(trial.results.first?.metrics["accuracy"] == trial.configuration["x"]?.number)
        }
    }

    @Test func `sources that are none are mistakes`() async throws {
        let place = try await finished()
        try place.write("bad.csv", "x,los\n400,0.5\n")
        try FileManager.default.createDirectory(
            atPath: "\(place.path)/empty", withIntermediateDirectories: true)
        try writeNew(place, more: "prior_results: [gone.csv, empty, bad.csv]")
        let valid = try await place.stune("validate", "new.yaml")
        #expect(valid.code == 2)
        #expect(
            valid.output == """
                new.yaml: prior_results: there is no 'gone.csv' beside the study file; name a study's directory or a CSV table
                'empty' is a directory without a study in it; name one that 'stune run' made, or a CSV table
                bad.csv:1:1: loss: the table has no such column, the study's metric; name its column 'loss'; did you mean \
                'los'?

                """, "\(valid.output)")
        let run = try await place.stune("run", "new.yaml", "--cluster", "local")
        #expect(run.code == 2 && run.errors.contains("there is no 'gone.csv'"), "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(place.path)/narrow.stune"))
    }

    @Test func `a simulated study begins with them, too`() async throws {
        let place = try await finished()
        try place.write(
            "new.yaml",
            """
            name: function
            metric: {name: value, goal: minimize}
            parameters:
              x1: {type: float, min: 0, max: 1}
              x2: {type: float, min: 0, max: 1}
              x3: {type: float, min: 0, max: 1}
            searcher: {type: tpe, startup_trials: 3}
            scheduler: {type: none, max_resource: 9}
            trials: 6
            prior_results: [known.csv]
            command: [./train.sh]

            """)
        let arguments = ["simulate", "new.yaml", "--function", "hartmann3", "--repeats", "2", "--json"]
        let rows = (1...5).map { "0.1\($0),0.5\($0),0.8\($0),-3.\($0)\n" }.joined()
        try place.write("known.csv", "x1,x2,x3,value\n\(rows)")
        let with = try await Tool.run([Tool.stune] + arguments, in: place.path)
        #expect(with.code == 0, "\(with.errors)")
        let other = (1...5).map { "0.9\($0),0.9\($0),0.1\($0),-0.\($0)\n" }.joined()
        try place.write("known.csv", "x1,x2,x3,value\n\(other)")
        let without = try await Tool.run([Tool.stune] + arguments, in: place.path)
        #expect(without.code == 0 && with.output != without.output, "\(without.errors)")
    }
}
