import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

/// What users ask for by letters. Each is considered by itself, in the order in which they were written.
extension Controller {
    /// Grants a request or refuses it, and answers. A request that was granted before is answered again.
    ///
    /// - Returns: whether its letter could be taken out of the inbox.
    mutating func take(_ request: Request, _ letter: Inbox.Letter) throws -> Bool {
        let answer = try consider(request)
        guard try lease.isHeld() else { throw ControllerError.superseded }
        log.info("\(answer.granted ? "granted" : "refused"): \(answer.lines.joined(separator: "; "))")
        try setup.directory.publish(answer, to: request.id)
        remove([letter])
        return intake.unremoved[letter.path] == nil
    }

    private mutating func consider(_ request: Request) throws -> Request.Answer {
        if study.hasGranted(request.id) { return Request.Answer(granted: true, lines: ["done"]) }
        switch request.kind {
        case .wish(let kind): return try consider(Wish(id: request.id, kind))
        case .change(let change): return try consider(change, request.id)
        }
    }

    private mutating func consider(_ wish: Wish) throws -> Request.Answer {
        if let objection = study.objection(to: wish) {
            return Request.Answer(granted: false, lines: [objection])
        }
        let before = setup.spec
        var spec = before
        try commit { pass in
            try pass.take(.wished(wish))
            // One that is added, or finishes the best, changes how many trials there are.
            spec.plan.trials = pass.cores.study.plan?.trials ?? before.plan.trials
            if spec != before { try pass.record(spec, file: nil, before: before) }
            return []
        }
        setup.spec = spec
        try tellPause()
        return Request.Answer(granted: true, lines: words(wish.kind) + sequel)
    }

    private func words(_ wish: Wish.Kind) -> [String] {
        switch wish {
        case .changed: ["changed"]
        case .reopened: ["the study goes on"]
        case .retried(let trials): ["\(list(trials)) will be tried again, from the start"]
        case .paused: ["paused: what runs goes on to its target, and nothing new starts"]
        case .resumed: study.isOver ? ["the study may go on"] : ["the study goes on"]
        case .dropped(let trials): ["\(list(trials)): cancelled"]
        case .finished(let count):
            ["the best \(count) are trained to resource \(study.plan?.scheduler.levels.last ?? .none)"]
        case .cleaned: ["checkpoints that nothing unfinished can need are removed"]
        case .added: ["trial added; the study has \(study.plan?.trials ?? 0) trials now"]
        }
    }

    private func list(_ trials: [TrialID]) -> String {
        let numbers = trials.prefix(20).map(\.description).joined(separator: ", ")
        let more = trials.count > 20 ? " and \(trials.count - 20) more" : ""
        return (trials.count == 1 ? "trial " : "trials ") + numbers + more
    }

    /// What a study that is over still needs.
    private var sequel: [String] {
        study.isOver && study.wouldGoOn ? ["the study is over; 'stune run' opens it again"] : []
    }

    // MARK: A changed file

    private mutating func consider(_ change: Request.FileChange, _ id: String) throws -> Request.Answer {
        let file: StudySpec
        do {
            file = try StoreJSON.value(from: change.spec)
        } catch {
            return Request.Answer(
                granted: false,
                lines: ["the change was written by another version of stune; use that of 'stune run'"])
        }
        var spec = setup.spec
        spec.take(Set(change.paths), from: file)
        let difference = StudyDifference(from: setup.spec, to: spec)
        if difference.isEmpty { return Request.Answer(granted: true, lines: ["nothing changes"]) }
        let objections = objections(to: difference, spec)
        if !objections.isEmpty { return Request.Answer(granted: false, lines: objections) }
        let before = study.plan?.space
        try apply(difference, spec, id: id, file: change.text == nil ? nil : file)
        if let text = change.text { try keep(text) }
        return Request.Answer(
            granted: true, lines: difference.items.map(\.words) + place(difference, before: before) + sequel
        )
    }

    /// What becomes of the results so far where the space has changed.
    func place(_ difference: StudyDifference, before: SearchSpace?) -> [String] {
        guard difference.fields.contains(.parameters), let space = study.plan?.space else { return [] }
        let (placed, all) = study.placed(in: space)
        let (old, new) = (Set(before?.parameters.map(\.name) ?? []), Set(space.parameters.map(\.name)))
        let added = space.parameters.filter { !old.contains($0.name) }.compactMap { parameter in
            parameter.before.map { "the trials so far count with \(parameter.name)=\($0)" }
        }
        let removed = old.subtracting(new).sorted().map {
            "'\($0)' is no more: the trials so far keep the value that they had, and count whatever it was"
        }
        guard all > 0 else { return [] }
        return added + removed + [
            placed == all
                ? "the searcher knows the results of all \(all) trials so far"
                : "\(all - placed) of \(all) trials have values that are not possible any more: they count in their rungs, and "
                    + "a searcher that learns does so from the other \(placed)"
        ]
    }

    /// Why a study cannot be changed like this; none: it can.
    func objections(to difference: StudyDifference, _ spec: StudySpec) -> [String] {
        let refusals = difference.refusals(study.isOver ? .over : .running)
        if !refusals.isEmpty { return refusals }
        return study.objection(to: wish("", difference, spec)).map { [$0] } ?? []
    }

    /// Changes the study.
    ///
    /// - Parameter file: what the study file says, where it is the file that has changed.
    mutating func apply(
        _ difference: StudyDifference, _ spec: StudySpec, id: String, file: StudySpec?
    ) throws {
        var changed = setup
        changed.spec = spec
        let plan = DispatchPlan(changed, maxArraySize: cores.dispatcher.plan.maxArraySize)
        let (wish, before) = (wish(id, difference, spec), setup.spec)
        try commit { pass in
            try pass.change(to: plan)
            try pass.record(spec, file: file, before: before)
            return [.wished(wish)]
        }
        setup.spec = spec
    }

    private func wish(_ id: String, _ difference: StudyDifference, _ spec: StudySpec) -> Wish {
        let plan = study.plan ?? setup.spec.plan
        return Wish(id: id, .changed(StudyDifference.change(of: plan, to: spec, difference.fields)))
    }

    /// Keeps the text of a changed file as the study's own.
    func keep(_ text: String) throws(FileError) {
        try setup.directory.files.publish(Array(text.utf8), at: setup.directory.studyFile)
    }

    /// Says that the study is paused, or takes it back.
    func tellPause() throws {
        try say(
            "paused",
            study.isPaused
                ? "paused by the user: nothing new starts; go on with 'stune resume \(setup.directory.path)'"
                : nil)
    }
}
