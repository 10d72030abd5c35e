/// Why a controller did not start or had to stop.
package enum ControllerError: Error, Hashable, CustomStringConvertible {
    /// Another controller holds the study. `isAlive`: it is known to run; otherwise it ran elsewhere.
    case held(by: String, isAlive: Bool)
    /// Another controller has taken the study from this one, which stops at once.
    case superseded
    /// The directory belongs to another study or cannot be used; the text says why and what to do.
    case unusable(String)
    /// The study began on another cluster, and its tasks are there.
    case otherCluster(path: String, begunOn: String, asked: String)
    /// The study directory was moved, removed or replaced while the study ran.
    case directoryGone(path: String)

    /// A sentence that says what to do.
    package var description: String {
        switch self {
        case .held(let holder, true):
            "the study is controlled by \(holder); stop that first, or let it go on"
        case .held(let holder, false):
            "the study was controlled by \(holder), and whether that still runs cannot be seen from here; "
                + "if it is gone, say --take-over"
        case .superseded: "another controller has taken the study over; this one stops"
        case .unusable(let why): why
        case .otherCluster(let path, let begunOn, let asked):
            "the study in '\(path)' was begun on cluster \(begunOn), and this command would run it on \(asked); pass "
                + "--cluster \(begunOn) to go on with it, or --dir DIRECTORY to begin another one"
        case .directoryGone(let path):
            "the study directory '\(path)' was moved, removed or replaced; put it back and run again"
        }
    }
}
