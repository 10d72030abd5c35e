package import Spool

/// Whether a study has a controller, as far as this machine can tell from the lease.
package enum Presence: Hashable, Sendable {
    /// Its process runs on this machine.
    case running(Lease.Holder)
    /// It holds the lease, and runs or ran on another machine; only the cluster can say more.
    case elsewhere(Lease.Holder)
    /// It holds the lease, and its process on this machine has ended: it was killed.
    case died(Lease.Holder)
    /// The lease is free. The file is the one that its last holder made or linked at its end; `nil` if there was no
    /// holder.
    case nobody(endedBy: String?)
}

extension Lease {
    /// Whether a study has a controller.
    package static func presence(of study: StudyDirectory) throws -> Presence {
        guard let last = try epochs(study).last else { return .nobody(endedBy: nil) }
        if try isOver(study, last) {
            let hasReleased = try study.files.exists(released(study, last))
            return .nobody(endedBy: hasReleased ? released(study, last) : over(study, last))
        }
        guard let holder = try holder(study, last) else { return .nobody(endedBy: nil) }
        return switch holder.lifeOnThisHost {
        case .alive: .running(holder)
        case .gone: .died(holder)
        case .unknown: .elsewhere(holder)
        }
    }
}
