// swift-tools-version: 6.2
import Foundation
import PackageDescription

// CI sets STUNE_STRICT=1: there a warning is an error. At home a new compiler's
// warning must not stop anyone from building.
let strict = ProcessInfo.processInfo.environment["STUNE_STRICT"] == "1"

let swiftSettings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

// Tests and simulations spend most of their time in the pure cores, so CI optimises these. Assertions stay.
let coreSettings: [SwiftSetting] =
    swiftSettings
    + (strict ? [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))] : [])

// Compute nodes have no Swift runtime, so the worker carries its own in every build, for `ldd` to agree.
// (`stune` runs where it was built or installed; `make build` links its runtime in as well.) The parts of
// Foundation are named because the modules that are compiled against do not name them.
let carriesRuntime: [LinkerSetting] = [
    .unsafeFlags(["-static-stdlib"], .when(platforms: [.linux])),
    .linkedLibrary("_FoundationCollections", .when(platforms: [.linux])),
    .linkedLibrary("_FoundationCShims", .when(platforms: [.linux])),
]

// The files of the page. PageFile.swift has the order of the scripts.
let pageFiles =
    ["page.html", "page.css"]
    + [
        "format", "elements", "columns", "chart", "head", "curves", "progress", "ladder", "timeline",
        "ends",
        "importances", "parallel", "slices", "pareto", "lineage", "table", "trial", "live", "main",
    ].map { "\($0).js" }

let package = Package(
    name: "stune",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "stune", targets: ["stune"]),
        .executable(name: "stune-worker", targets: ["stune-worker"]),
    ],
    traits: [
        .trait(
            name: "Slurm",
            description: "Slurm, by the libslurm that is found at run time. Without it: the local cluster."),
        .trait(
            name: "LinkedSlurm",
            description: "Link the libslurm of this machine, with its headers, instead.",
            enabledTraits: ["Slurm"]),
        .default(enabledTraits: ["LinkedSlurm"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // The functional core.
        .target(
            name: "Tuning",
            dependencies: [
                .product(name: "Algorithms", package: "swift-algorithms"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            exclude: ["README.md"], swiftSettings: coreSettings),

        // The other core: who runs what, where.
        .target(
            name: "Dispatching",
            dependencies: [
                "Tuning", .product(name: "Algorithms", package: "swift-algorithms"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            exclude: ["README.md"], swiftSettings: coreSettings),

        // The lines of the log, and the JSON of letters, without Codable.
        .target(
            name: "Wire", dependencies: ["Dispatching", "Tuning"],
            exclude: ["README.md"], swiftSettings: coreSettings),

        // The protocol between controller and workers.
        .target(
            name: "Spool", dependencies: ["Tuning", "Wire"],
            exclude: ["README.md"], swiftSettings: swiftSettings),

        // The study file.
        .target(
            name: "StudyFile",
            dependencies: [
                "Spool", "Tuning", .product(name: "RealModule", package: "swift-numerics"),
                .product(name: "Yams", package: "Yams"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),

        // SHA-256, and a study as one file.
        .target(name: "Digests", exclude: ["README.md"], swiftSettings: coreSettings),
        .target(
            name: "Archive", dependencies: ["Digests", "Spool"], exclude: ["README.md"],
            swiftSettings: swiftSettings),

        // The SQLite file.
        .target(
            name: "Store",
            dependencies: [
                "Dispatching", "Spool", "Tuning", "Wire",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),

        // libslurm, and the clusters that tasks run on.
        .target(
            name: "CSlurm",
            exclude: ["README.md", "measure-layouts"],
            cSettings: [
                .define("STUNE_WITH_SLURM", .when(traits: ["Slurm"])),
                .define("STUNE_LINKS_SLURM", .when(traits: ["LinkedSlurm"])),
            ],
            linkerSettings: [.linkedLibrary("slurm", .when(traits: ["LinkedSlurm"]))]),
        .target(
            name: "Slurm",
            dependencies: [
                .target(name: "CSlurm", condition: .when(traits: ["Slurm"])),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),
        .target(
            name: "Clusters",
            dependencies: [
                "Dispatching",
                "Spool", "StudyFile", "Tuning",
                .target(name: "Slurm", condition: .when(traits: ["Slurm"])),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),

        .target(
            name: "OutsidePrograms",
            dependencies: [
                "Spool", "Tuning", "Wire",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),

        // What `stune doctor` finds out about a site.
        .systemLibrary(name: "CMachine"),
        .target(
            name: "Doctor",
            dependencies: [
                "CMachine", "Spool", "StudyFile",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),

        // The two shells.
        .target(
            name: "Controller",
            dependencies: [
                "Dispatching",
                "Clusters", "OutsidePrograms", "Spool", "Store", "StudyFile", "Tuning",
                .product(name: "Algorithms", package: "swift-algorithms"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),
        .systemLibrary(name: "CAffinity"),
        .systemLibrary(name: "CGuard"),
        .target(
            name: "Worker",
            dependencies: [
                "CAffinity", "CGuard", "Spool", "Tuning", "Wire",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),

        // What a study runs on when it only pretends to, what it finds there, and pictures of that.
        .systemLibrary(name: "CZlib"),
        .target(
            name: "Curves",
            dependencies: [
                "CZlib", "StudyFile", "Tuning", .product(name: "RealModule", package: "swift-numerics"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),
        .target(
            name: "Simulated",
            dependencies: [
                "Dispatching",
                "Clusters", "Controller", "Curves", "OutsidePrograms", "Spool", "Store", "StudyFile",
                "Tuning",
                "Worker",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),
        .target(
            name: "Plots",
            dependencies: [.product(name: "RealModule", package: "swift-numerics")],
            exclude: ["README.md"], swiftSettings: swiftSettings),

        // What there is to see of a study: the document, and the page, whose files are embedded.
        .target(
            name: "Report",
            dependencies: ["Digests", "Store", "StudyFile", "Tuning", "Wire"],
            exclude: ["README.md"], resources: pageFiles.map { .embedInCode("Page/\($0)") },
            swiftSettings: swiftSettings),
        // A small HTTP server that only answers GET.
        .target(name: "Serve", exclude: ["README.md"], swiftSettings: swiftSettings),

        // The version number, embedded from the Python client's file.
        .target(
            name: "Release", exclude: ["README.md"], resources: [.embedInCode("version.py")],
            swiftSettings: swiftSettings),

        // The two executables.
        .executableTarget(
            name: "stune",
            dependencies: [
                "Archive", "Clusters", "Controller", "Curves", "Digests", "Dispatching", "Doctor",
                "OutsidePrograms", "Plots", "Release", "Report", "Serve", "Simulated", "Spool", "Store",
                "StudyFile", "Tuning",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings),
        .executableTarget(
            name: "stune-worker",
            dependencies: [
                "Release", "Spool", "Tuning", "Worker",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            exclude: ["README.md"], swiftSettings: swiftSettings, linkerSettings: carriesRuntime),

        // Tests, one target for each target above, and those that cross them.
        .target(name: "Chance", path: "Tests/Chance", swiftSettings: swiftSettings),
        .target(
            name: "Oracles", dependencies: ["Tuning"], path: "Tests/Oracles", swiftSettings: swiftSettings),
        .testTarget(
            name: "TuningTests", dependencies: ["Chance", "Oracles", "Tuning", "Wire"],
            resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
        .testTarget(
            name: "DispatchingTests", dependencies: ["Chance", "Dispatching", "Tuning"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "OutsideProgramsTests",
            dependencies: ["OutsidePrograms", "Spool", "Tuning", "Wire"], swiftSettings: swiftSettings),
        .testTarget(
            name: "WireTests", dependencies: ["Dispatching", "Tuning", "Wire"], swiftSettings: swiftSettings
        ),
        .testTarget(name: "SpoolTests", dependencies: ["Spool", "Tuning"], swiftSettings: swiftSettings),
        .testTarget(
            name: "StudyFileTests", dependencies: ["Spool", "StudyFile", "Tuning"],
            resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Dispatching", "Store", "Tuning", "Wire", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
        .testTarget(
            name: "DoctorTests", dependencies: ["Doctor", "Spool", "StudyFile"],
            resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
        .testTarget(name: "SlurmTests", dependencies: ["Slurm"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ClustersTests",
            dependencies: ["Dispatching", "Clusters", "Spool", "StudyFile", "Tuning"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ControllerTests",
            dependencies: [
                "Dispatching",
                "Clusters", "Controller", "Simulation", "Spool", "Store", "StudyFile", "Tuning",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "WorkerTests", dependencies: ["Spool", "Tuning", "Worker"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "CurvesTests", dependencies: ["CZlib", "Chance", "Curves", "StudyFile", "Tuning"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "SimulatedTests",
            dependencies: [
                "Dispatching", "Chance", "Controller", "Curves", "Simulated", "Spool", "StudyFile",
                "Tuning",
            ],
            swiftSettings: swiftSettings),
        .testTarget(name: "PlotsTests", dependencies: ["Plots"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ArchiveTests", dependencies: ["Archive", "Digests", "Spool"],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "ReportTests", dependencies: ["Digests", "Report", "Store", "StudyFile", "Tuning"],
            swiftSettings: swiftSettings),
        .testTarget(name: "ServeTests", dependencies: ["Serve"], swiftSettings: swiftSettings),
        .testTarget(name: "TidyTests", swiftSettings: swiftSettings),

        // Hostile inputs for everything that reads what others wrote.
        .target(
            name: "Fuzzing",
            dependencies: [
                "Archive", "Dispatching",
                "Clusters", "Controller", "Curves", "Simulated", "Slurm", "Spool", "Store", "StudyFile",
                "Tuning", "Wire", "Worker",
            ],
            path: "Tests/Fuzzing", swiftSettings: swiftSettings),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Fuzzing", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/fuzz", swiftSettings: swiftSettings),
        .testTarget(
            name: "FuzzingTests", dependencies: ["Fuzzing"], resources: [.copy("Fixtures")],
            swiftSettings: swiftSettings),

        // The simulation of studies on a hostile cluster, and the program that runs many of them.
        .target(
            name: "Simulation",
            dependencies: [
                "Dispatching",
                "Clusters", "Controller", "OutsidePrograms", "Oracles", "Simulated", "Spool", "Store",
                "StudyFile", "Tuning", "Worker",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Simulation", swiftSettings: swiftSettings),
        .executableTarget(
            name: "simulate",
            dependencies: [
                "Simulated", "Simulation", "StudyFile",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/simulate", swiftSettings: swiftSettings),

        // What the controller and the store can do, in figures.
        .executableTarget(
            name: "bench-controller",
            dependencies: [
                "Dispatching",
                "Clusters", "Controller", "Simulated", "Spool", "Store", "StudyFile", "Tuning",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Benchmarks/controller", swiftSettings: swiftSettings),

        // What the searchers find on test functions.
        .executableTarget(
            name: "bench-searchers",
            dependencies: [
                "Tuning",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "RealModule", package: "swift-numerics"),
            ],
            path: "Benchmarks/searchers", exclude: ["compare", "optuna_tpe.py"],
            swiftSettings: swiftSettings),

        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Archive", "Controller", "Dispatching", "Spool", "Store", "StudyFile", "Tuning", "stune",
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "DocumentTests",
            dependencies: [
                "Spool", "StudyFile", "stune",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["Dispatching", "Clusters", "Spool", "Store", "Tuning", "stune"],
            swiftSettings: swiftSettings),
    ]
)
