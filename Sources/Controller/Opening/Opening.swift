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
            let cluster = try store.read { try $0.notices() }.first { $0.topic == Notices.cluster }?.text
            if let cluster, cluster != setup.clusterName {
                throw ControllerError.otherCluster(
                    path: setup.directory.path, begunOn: cluster, asked: setup.clusterName)
            }
            let spec: StudySpec = try StoreJSON.value(from: recorded.spec)
            for sentence in setup.spec.keep(from: spec, unless: setup.named) { log.info("\(sentence)") }
            // A study that was begun before goes on as it was begun.
            cores = Cores(dispatchPlan)
            guard spec == setup.spec else {
                throw ControllerError.unusable(
                    "'\(setup.directory.path)' holds the study '\(recorded.name)', begun with another study "
                        + "file; run that file (kept as \(setup.directory.studyFile)), or name another "
                        + "directory with --dir")
            }
            try reload()
            let events = try store.read { try $0.eventCount() }
            log.info("resumed after \(events) events")
        } else {
            let (spec, now) = (setup.spec, time.wallTime)
            try commit { pass in
                try pass.transaction.createStudy(
                    name: spec.name, spec: try StoreJSON.text(spec), time: now)
                return [.accepted(spec.plan)]
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
