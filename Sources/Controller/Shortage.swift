import Logging
import Spool
import Store
import StudyFile
import Tuning

extension Controller {
    /// Says that new trials wait because of the room that checkpoints take, and takes it back when they do no more.
    mutating func tellShortage() throws {
        guard setup.spec.plan.quota != nil else { return }
        let shortage = study.shortage
        guard (shortage != nil) != toldShortage else { return }
        let text = shortage.map(Controller.words)
        if let text, !hasLoggedShortage {
            log.warning("\(text)")
            hasLoggedShortage = true
        }
        try say("quota", text)
        toldShortage = shortage != nil
    }

    private static func words(_ shortage: (bytes: Int, quota: Int)) -> String {
        "checkpoint quota exceeded: \(ByteSize.words(shortage.bytes)) kept, checkpoints.quota is "
            + "\(ByteSize.words(shortage.quota)), and none can be deleted yet. Until there is room, a new trial starts only "
            + "when nothing else runs; next time raise checkpoints.quota, save less, or run fewer trials"
    }
}
