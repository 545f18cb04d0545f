// swift-tools-version: 6.2
// The house: which rooms exist and which way their arrows point. docs/architecture.md explains why.

import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A room of the house: a library target that may import only what is listed.
func room(_ name: String, _ dependencies: [Target.Dependency] = [], embedding resources: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: resources.map { .embedInCode($0) }, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "malote",
    products: [
        .executable(name: "maloted", targets: ["maloted"]),
        .executable(name: "malotectl", targets: ["malotectl"]),
    ],
    targets: [
        // C libraries: a module map and a shim header each, imported by one room only.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto libssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CUchardet", pkgConfig: "uchardet", providers: [.apt(["libuchardet-dev"])]),
        .systemLibrary(name: "CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        // Words and ports.
        room("MaloteCore"),
        // Pure rooms: no socket, no file, no clock.
        room("MaloteWire", ["MaloteCore"]),
        room("MaloteMessage", ["MaloteCore", "CXML", "CUchardet"]),
        room("MaloteDesk", ["MaloteCore"]),
        // Adapters: each owns its C library.
        room("MaloteTransport", ["MaloteCore", "MaloteWire", "CCurl", "COpenSSL", "CZlib"]),
        room("MaloteStore", ["MaloteCore", "CSQLite", "CPQ", "COpenSSL"]),
        // The API describes itself: docs/openapi.yaml.
        room("MaloteAdmin", ["MaloteCore", "CMicroHTTPD"], embedding: ["API/openapi.yaml"]),
        room("MaloteRuntime", ["MaloteCore", "CSystemd", "CYAML"]),
        // The engine sees rules and ports, never an adapter.
        room("MaloteEngine", ["MaloteCore", "MaloteDesk"]),

        .executableTarget(
            name: "maloted",
            dependencies: [
                "MaloteCore", "MaloteMessage", "MaloteDesk", "MaloteTransport", "MaloteStore", "MaloteAdmin",
                "MaloteRuntime", "MaloteEngine",
            ],
            swiftSettings: strict),
        .executableTarget(name: "malotectl", dependencies: ["MaloteCore", "MaloteTransport"], swiftSettings: strict),

        // What the wire machines make of a server's words, and measurements: run by hand (docs/benchmarks.md).
        .executableTarget(
            name: "wire-replay", dependencies: ["MaloteCore", "MaloteWire"], path: "Benchmarks/wire-replay",
            swiftSettings: strict),
        .executableTarget(
            name: "idle-connections", dependencies: ["MaloteCore", "MaloteTransport"],
            path: "Benchmarks/idle-connections", exclude: ["run", "server.py"], swiftSettings: strict),
        .executableTarget(
            name: "parse-speed", dependencies: ["MaloteCore", "MaloteMessage", "MaloteStore"],
            path: "Benchmarks/parse-speed", swiftSettings: strict),
        // Weeks of the engine's life under random faults, judged: `make simulate`.
        .executableTarget(
            name: "simulate", dependencies: ["MaloteCore", "MaloteEngine", "MaloteTestKit"],
            path: "Benchmarks/simulate", swiftSettings: strict),

        room("MaloteTestKit", ["MaloteCore", "MaloteWire"]),
        // What is fuzzed; `make fuzz` builds it into a fuzzer, SeedTests feeds it what is checked in.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "MaloteCore", "MaloteWire", "MaloteMessage", "MaloteDesk", "MaloteRuntime", "MaloteTestKit",
            ], path: "Fuzz/Targets", swiftSettings: strict),
        tests("MaloteCoreTests", ["MaloteCore", "MaloteTestKit"]),
        tests("MaloteWireTests", ["MaloteWire", "MaloteTransport", "MaloteTestKit"]),
        tests("MaloteMessageTests", ["MaloteMessage", "MaloteTestKit"]),
        tests("MaloteDeskTests", ["MaloteDesk", "MaloteTestKit"]),
        tests("MaloteTransportTests", ["MaloteTransport", "MaloteEngine", "MaloteTestKit", "COpenSSL"]),
        tests("MaloteStoreTests", ["MaloteStore", "MaloteTestKit"]),
        tests("MaloteEngineTests", ["MaloteEngine", "MaloteDesk", "MaloteTestKit"]),
        tests("SimulationTests", ["simulate", "MaloteCore"]),
        tests("MaloteAdminTests", ["MaloteAdmin", "MaloteMessage", "MaloteDesk", "MaloteRuntime", "MaloteTestKit"]),
        tests("MaloteRuntimeTests", ["MaloteRuntime", "MaloteDesk", "MaloteTestKit"]),
        tests("SeedTests", ["FuzzTargets", "MaloteTestKit"]),
        tests("WireReplayTests", ["wire-replay", "MaloteTestKit"]),
        tests("EndToEnd", ["MaloteTestKit", "maloted", "malotectl"]),
    ],
    swiftLanguageModes: [.v6]
)

// Only under `make fuzz`: libFuzzer brings its own main.
if Context.environment["MALOTE_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "malote-fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Runner",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
