import Testing
import Tuning

/// A study whose scheduler is a program.
@Suite struct StudyAdviceTests {
    private static let scheduler = ExternalSchedulerPlan(
        program: ExternalPlan(command: ["schedule"], seed: 0), asha: .of(1, 9, 3), step: 2)

    private func begun(trials: Int, parallel: Int, together: Int = 1) -> Study {
        var plan = Plan.of(.external(Self.scheduler), trials: trials, parallel: parallel)
        plan.together = together
        var study = Study()
        #expect(study.apply(.accepted(plan)).isEmpty)
        return study
    }

    @Test func `it waits for advice, and is told what happens`() {
        var study = begun(trials: 2, parallel: 1)
        #expect(study.choices == Choices(mayBegin: true, resting: [:]))
        #expect(study.apply(.advised(.begin)).count == 2)
        #expect(study.choices == nil)
        _ = study.apply(.report(0, at: 1, 0.5))
        _ = study.apply(.ended(0))
        #expect(study.choices == Choices(mayBegin: true, resting: [TrialID(0): 0]))
        guard case .evaluate(let work)? = study.apply(.advised(.goOn(TrialID(0), rung: 2))).first else {
            Issue.record("it does not go on")
            return
        }
        #expect(work.to == Resource(5) && work.reason == .advised(from: 0))
        #expect(study.steps.count == 4)
        #expect(
            study.steps.dropFirst() == [
                .running(TrialID(0), rung: 0), .result(TrialID(0), rung: 0, Loss(value: 0.5)),
                .running(TrialID(0), rung: 2),
            ])
    }

    @Test func `whoever rests while nothing is in flight ends the study`() {
        var study = begun(trials: 5, parallel: 2)
        _ = study.apply(.advised(.begin))
        #expect(study.apply(.advised(.rest)).isEmpty)
        _ = study.apply(.report(0, at: 1, 0.5))
        _ = study.apply(.ended(0))
        // The result was news, so it is asked again.
        #expect(study.choices != nil && study.phase == .running)
        #expect(study.apply(.advised(.rest)) == [.finish(.completed)])
    }

    @Test func `ASHA decides while it cannot be asked`() {
        var study = begun(trials: 4, parallel: 2)
        #expect(study.apply(.advised(.alone)).count == 4)
        #expect(study.isAlone && study.choices == nil && study.choicesAlone != nil)
        for trial in 0..<3 {
            _ = study.apply(.report(trial, at: 1, Double(trial)))
            _ = study.apply(.ended(trial))
        }
        guard case .evaluate(let work)? = study.apply(.report(3, at: 1, 9)).first ?? nil else { return }
        #expect(work.trial == TrialID(0) && work.to == Resource(3))
    }

    @Test func `trials that share a task begin together`() {
        var study = begun(trials: 4, parallel: 2, together: 2)
        #expect(study.apply(.advised(.begin)).isEmpty)
        #expect(study.choices != nil)
        #expect(study.apply(.advised(.begin)).count == 4)
    }

    @Test
    func `another program on the same ladder is told all that is known, and another ladder is refused`()
        throws
    {
        var study = begun(trials: 2, parallel: 1)
        _ = study.apply(.advised(.begin))
        _ = study.apply(.report(0, at: 1, 0.5))
        _ = study.apply(.ended(0))
        let before = study.steps
        var other = Self.scheduler
        other.program.command = ["better"]
        let now = try #require(study.plan)
        func wish(_ id: String) -> Wish {
            var plan = now
            plan.scheduler = .external(other)
            return Wish(id: id, .changed(Change(from: now, to: plan)))
        }
        #expect(study.objection(to: wish("u1")) == nil)
        #expect(study.apply(.wished(wish("u1"))).isEmpty)
        #expect(study.plan?.scheduler.external?.program.command == ["better"])
        #expect(study.steps == before && study.choices?.resting == [TrialID(0): 0])
        other.step = 4
        #expect(study.objection(to: wish("u2")) != nil)
    }

    @Test func `advice for a study of another scheduler is no news`() {
        var study = Study()
        _ = study.apply(.accepted(Plan.of(.straight, trials: 2, parallel: 1)))
        #expect(study.choices == nil && study.choicesAlone == nil)
        #expect(study.apply(.advised(.begin)).isEmpty)
    }
}
