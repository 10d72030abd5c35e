import Digests

/// The page: one HTML file that needs nothing else, with or without a document in it.
package enum PageFile {
    /// The scripts, in the order in which they are read. Each is a file of this name below `Page/`.
    static let scripts: [[UInt8]] = [
        PackageResources.format_js, PackageResources.elements_js, PackageResources.columns_js,
        PackageResources.chart_js, PackageResources.head_js, PackageResources.curves_js,
        PackageResources.progress_js, PackageResources.ladder_js, PackageResources.timeline_js,
        PackageResources.ends_js, PackageResources.importances_js, PackageResources.parallel_js,
        PackageResources.slices_js, PackageResources.pareto_js, PackageResources.lineage_js,
        PackageResources.table_js, PackageResources.trial_js, PackageResources.live_js,
        PackageResources.main_js,
    ]

    /// The page with a document, as a file that opens without a server; or, without one, as a server gives it out.
    package static func html(document: [UInt8]?) -> [UInt8] {
        let script = scripts.joined(separator: [UInt8(ascii: "\n")])
        let parts: [String: [UInt8]] = [
            "POLICY": Array(policy(connects: document == nil).utf8),
            "STYLE": PackageResources.page_css,
            "DOCUMENT": document.map(harmless) ?? Array("null".utf8),
            "SCRIPT": Array(script),
        ]
        return filled(PackageResources.page_html, parts)
    }

    /// The Content-Security-Policy: this page's own style and scripts, and nothing from anywhere else.
    ///
    /// - Parameter connects: whether it may ask the server that it came from.
    package static func policy(connects: Bool) -> String {
        let script = Array(scripts.joined(separator: [UInt8(ascii: "\n")]))
        return [
            "default-src 'none'", "script-src '\(SHA256.source(script))'",
            "style-src '\(SHA256.source(PackageResources.page_css))'",
            "connect-src \(connects ? "'self'" : "'none'")", "base-uri 'none'", "form-action 'none'",
        ].joined(separator: "; ")
    }

    /// JSON in which no tag can begin or end: `<` is written as an escape.
    static func harmless(_ json: [UInt8]) -> [UInt8] {
        guard json.contains(UInt8(ascii: "<")) else { return json }
        var result: [UInt8] = []
        result.reserveCapacity(json.count + json.count / 16)
        for byte in json {
            if byte == UInt8(ascii: "<") { result += "\\u003c".utf8 } else { result.append(byte) }
        }
        return result
    }

    /// A text with `{{NAME}}` replaced by the parts of these names.
    private static func filled(_ template: [UInt8], _ parts: [String: [UInt8]]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(template.count + parts.values.reduce(0) { $0 + $1.count })
        var rest = template[...]
        while let open = rest.firstRange(of: Array("{{".utf8)) {
            result += rest[..<open.lowerBound]
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: Array("}}".utf8)) else { break }
            result += parts[String(decoding: rest[..<close.lowerBound], as: UTF8.self)] ?? []
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
