import ArgumentParser
import Controller
import Spool

extension StudyDirectory {
    /// The directory of a study that has a store.
    ///
    /// - Throws: an exit code of 2 after printing what to do, when there is none.
    static func withStore(_ path: String) throws -> StudyDirectory {
        let study = StudyDirectory(Files.absolute(path))
        guard try Files.system.exists(Lease.store(of: study)) else { throw study.isNoStudy() }
        return study
    }

    /// Prints to standard error that no study is here.
    ///
    /// - Returns: what to throw, so that the process ends with code 2.
    func isNoStudy() -> ExitCode {
        let isFile = (try? Files.system.status(path))??.kind == .file
        return complaint(
            isFile
                ? "'\(path)' is a file, and only reading commands open archives of studies; name the study's directory"
                : "'\(path)' is not a study's directory; name the one that 'stune run' made", code: 2)
    }
}
