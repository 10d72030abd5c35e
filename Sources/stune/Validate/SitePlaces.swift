import ArgumentParser
import Foundation
import Spool
import StudyFile

/// Where files of defaults are: the site's and the user's.
struct SitePlaces {
    /// The variables of this process.
    var environment: [String: String]
    /// The directory of the executable.
    var binaries: String
    /// Whether a path exists.
    var exists: (String) -> Bool

    /// The places for this process.
    static var own: SitePlaces {
        SitePlaces(
            environment: ProcessInfo.processInfo.environment, binaries: Installation.own.binaries,
            exists: { FileManager.default.fileExists(atPath: $0) })
    }

    /// Where to look for the site's file: beside the installation, then in the machine's place; the first that exists
    /// is used. A variable names another file; an empty variable means none.
    var site: [String] {
        if let named = environment["STUNE_SITE"] { return named.isEmpty ? [] : [named] }
        let prefix = Files.parent(of: binaries)
        return ["\(prefix == "/" ? "" : prefix)/etc/stune/site.yaml", "/etc/stune/site.yaml"]
    }

    /// The user's file, whether it exists or not; `nil` if the user has no home directory.
    var user: String? {
        if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
            return "\(base)/stune/site.yaml"
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return "\(home == "/" ? "" : home)/.config/stune/site.yaml"
    }

    /// The existing files; each overrides those that follow it.
    ///
    /// - Throws: an exit code of 2, after printing which file cannot be read.
    func files() throws -> [SiteFile] {
        if let named = environment["STUNE_SITE"], !named.isEmpty, !exists(named) {
            throw complaint(
                "STUNE_SITE is set to '\(named)', which is not there; name a file of defaults, or unset it",
                code: 2)
        }
        let paths = [user].compactMap(\.self).filter(exists) + site.filter(exists).prefix(1)
        return try paths.map { path in
            do throws(FileError) {
                let bytes = try Files.system.read(
                    Files.absolute(path), limit: StudyFileLimits.siteBytes + 1)
                return SiteFile(path: path, bytes: bytes)
            } catch {
                throw complaint(
                    "\(error); it has defaults for studies (docs/site-defaults.md), and a study does not run without "
                        + "them. Make it readable, or set STUNE_SITE to another file or to nothing", code: 2
                )
            }
        }
    }
}
