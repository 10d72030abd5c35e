import Dispatching
import Logging
import Spool
import Store
import StudyFile
import Tuning

extension Controller {
    /// Loads what the store holds, or begins the study.
    mutating func openStudy() throws {
        if let recorded = try store.read({ try $0.study() }) {
            let cluster = try store.read { try $0.notice(Notices.cluster) }
            if let cluster, cluster != setup.clusterName {
                throw ControllerError.otherCluster(
                    path: setup.directory.path, begunOn: cluster, asked: setup.clusterName)
            }
            let spec: StudySpec = try StoreJSON.value(from: recorded.spec)
            let file = try store.read { try $0.notice(Notices.fileSpec) }
            let lastFile: StudySpec = try file.map { try StoreJSON.value(from: $0) } ?? spec
            let named = setup.named.joined(with: try setup.directory.namesInStudyFile())
            for sentence in setup.spec.keep(from: lastFile, unless: named) { log.info("\(sentence)") }
            let given = setup.spec
            setup.spec = spec
            // A study that was begun before goes on as it was begun.
            cores = Cores(dispatchPlan)
            try reload()
            let events = try store.read { try $0.eventCount() }
            log.info("resumed after \(events) events")
            if given != spec { try change(to: given, from: lastFile, recorded.name) }
            try recordCode()
            try reopen()
        } else {
            let (spec, now, code) = (setup.spec, time.wallTime, setup.code)
            let priors = try setup.priors()
            try commit { pass in
                try pass.transaction.createStudy(
                    name: spec.name, spec: try StoreJSON.text(spec), time: now)
                return priors.map(Event.learned) + [.accepted(spec.plan)] + (code.map { [.code($0)] } ?? [])
            }
            for prior in priors {
                log.info("begun with \(prior.trials.count) prior results from '\(prior.source)'")
            }
        }
        try store.write { transaction in
            try transaction.notice(Notices.cluster, setup.clusterName, time: time.wallTime)
            if let file = setup.studyFile {
                try transaction.notice(Notices.studyFile, file, time: time.wallTime)
            }
        }
    }
}

extension Controller {
    /// The study file may have changed since the study was run last: what differs is changed in the study, or refused.
    /// What was set by other commands stays.
    private mutating func change(to given: StudySpec, from lastFile: StudySpec, _ name: String) throws {
        let inFile = StudyDifference(from: lastFile, to: given)
        if inFile.isEmpty { return }
        var spec = setup.spec
        spec.take(Set(inFile.paths), from: given)
        let difference = StudyDifference(from: setup.spec, to: spec)
        let objections =
            inFile.hasUnknown
            ? inFile.refusals(study.isOver ? .over : .atRest) : objections(to: difference, spec)
        guard objections.isEmpty else {
            let allowed = inFile.items.filter { item in
                !objections.contains { $0.hasPrefix(item.field.rawValue) }
            }
            let words = allowed.map(\.words).joined(separator: "; ")
            let others = allowed.isEmpty ? [] : ["may change, and did not: \(words)"]
            throw ControllerError.unusable(
                "'\(setup.directory.path)' holds the study '\(name)', begun with another study file (kept as "
                    + "\(setup.directory.studyFile)); nothing was changed:\n"
                    + (objections + others).map { "  \($0)" }.joined(separator: "\n"))
        }
        if difference.isEmpty {
            // It says what the study has been told already.
            try store.write { transaction in
                try transaction.notice(Notices.fileSpec, try StoreJSON.text(given), time: time.wallTime)
            }
        } else {
            let before = study.plan?.space
            try apply(difference, spec, id: "", file: given)
            for item in difference.items { log.notice("changed: \(item.words)") }
            for line in place(difference, before: before) { log.notice("\(line)") }
        }
        if let text = setup.studyText { try keep(text) }
    }

    /// Records which code the command is now, unless it is as it was.
    private mutating func recordCode() throws {
        guard let code = setup.code else { return }
        let last = try store.read { try $0.codes().last?.code }
        guard code != last else { return }
        try commit { _ in [.code(code)] }
        if let last, code.differs(from: last) {
            log.notice("the code has changed since the study was run last; 'stune status' says how")
        }
    }

    /// Opens a study again that is over, where that is wanted and there is something to do.
    private mutating func reopen() throws {
        guard study.isOver else { return }
        let isWanted =
            switch setup.reopening {
            case .never: false
            case .ifAsked: study.isAsked && study.wouldGoOn
            case .ifUnfinished: study.wouldGoOn
            }
        guard isWanted else { return }
        try commit { _ in [.wished(Wish(id: "", .reopened))] }
        log.notice("the study had ended, and goes on")
    }
}
