import Tuning

/// Reads the domain and the prior of one parameter.
enum DomainReader {
    /// The domain that a section's fields describe; `nil` if they have a mistake.
    static func read(_ fields: SectionCursor, as section: Section) -> Domain? {
        switch section.name {
        case Section.floatParameter.name: float(fields)
        case Section.intParameter.name: int(fields)
        case Section.normalParameter.name: normal(fields)
        case Section.lognormalParameter.name: lognormal(fields)
        case Section.ordinalParameter.name: values(fields).map(Domain.ordinal)
        case Section.constantParameter.name: fields["value"]?.parameterValue().map(Domain.constant)
        default: values(fields).map(Domain.choice)
        }
    }

    // MARK: Ranges

    private static func scale(_ fields: SectionCursor, of section: Section) -> Scale? {
        guard let cursor = fields["scale"] else { return .linear }
        guard let field = section.field("scale"), case .word(let words) = field.kind else { return nil }
        return cursor.word(words).flatMap(Scale.init)
    }

    private static func float(_ fields: SectionCursor) -> Domain? {
        let min = fields["min"]?.number()
        let max = fields["max"]?.number()
        let scale = scale(fields, of: .floatParameter)
        let step = fields["step"].map { $0.number() }
        let isFine = checkRange(min, max, scale, fields)
        guard isFine, let min, let max, let scale else { return nil }
        guard let step else { return .float(min: min, max: max, scale: scale) }
        guard let step, let cursor = fields["step"], checkStep(step, span: max - min, cursor) else {
            return nil
        }
        return .float(min: min, max: max, scale: scale, step: step)
    }

    private static func int(_ fields: SectionCursor) -> Domain? {
        let min = fields["min"]?.whole(StudyFileLimits.wholeNumbers)
        let max = fields["max"]?.whole(StudyFileLimits.wholeNumbers)
        let scale = scale(fields, of: .intParameter)
        let step = fields["step"].map { $0.whole(StudyFileLimits.wholeSteps) }
        let isFine = checkRange(min, max, scale, fields)
        guard isFine, let min, let max, let scale else { return nil }
        guard let step else { return .int(min: min, max: max, scale: scale) }
        guard let step, let cursor = fields["step"] else { return nil }
        guard checkStep(Double(step), span: Double(max - min), cursor) else { return nil }
        // Whole numbers always have steps of 1.
        return .int(min: min, max: max, scale: scale, step: step == 1 ? nil : step)
    }

    private static func checkRange<Number: Comparable & ExpressibleByIntegerLiteral>(
        _ min: Number?, _ max: Number?, _ scale: Scale?, _ fields: SectionCursor
    ) -> Bool {
        var isFine = checkOrder(min, max, fields)
        guard let scale, scale != .linear else { return isFine }
        if let min, let low = fields["min"], min <= 0 {
            low.mistake(
                "\(low.written) is not above 0, and the \(scale.rawValue) scale begins above 0",
                fix: "raise min above 0, or use 'scale: linear'")
            isFine = false
        }
        if let max, let high = fields["max"], scale == .logit, max >= 1 {
            high.mistake(
                "\(high.written) is not below 1, and the logit scale ends below 1",
                fix: "make max less than 1, or use 'scale: linear'")
            isFine = false
        }
        return isFine
    }

    private static func checkOrder<Number: Comparable>(
        _ min: Number?, _ max: Number?, _ fields: SectionCursor
    ) -> Bool {
        guard let min, let max, let low = fields["min"], let high = fields["max"], min >= max else {
            return true
        }
        low.mistake("\(low.written) is not below max \(high.written)", fix: "make min smaller than max")
        return false
    }

    private static func checkStep(_ step: Double, span: Double, _ cursor: Cursor) -> Bool {
        guard step > 0, step <= span else {
            cursor.mistake(
                step > 0
                    ? "\(cursor.written) is more than max - min, so min would be the only value"
                    : "\(cursor.written) is not above 0",
                fix: "write a step above 0 and at most max - min, or remove it")
            return false
        }
        guard span / step <= StudyFileLimits.steps else {
            cursor.mistake(
                "\(cursor.written) leads to more values than a number can distinguish", fix: "remove it")
            return false
        }
        return true
    }

    // MARK: Normal distributions

    private static func normal(_ fields: SectionCursor) -> Domain? {
        guard let shape = Shape(fields) else { return nil }
        let normal = TruncatedNormal(mean: shape.mean, sd: shape.sd, min: shape.min, max: shape.max)
        guard (abs(shape.mean) + 9 * shape.sd).isFinite else {
            fields["sd"]?.mistake(
                "values so far apart exceed the range of a number", fix: "make it smaller")
            return nil
        }
        guard checkShare(normal, fields) else { return nil }
        return .normal(mean: shape.mean, sd: shape.sd, min: shape.min, max: shape.max)
    }

    private static func lognormal(_ fields: SectionCursor) -> Domain? {
        guard let shape = Shape(fields) else { return nil }
        for name in ["min", "max"] {
            guard let cursor = fields[name], (name == "min" ? shape.min : shape.max) ?? 1 <= 0 else {
                continue
            }
            cursor.mistake(
                "\(cursor.written) is not above 0, and all values of a log-normal distribution are",
                fix: "raise \(name) above 0, or remove it")
            return nil
        }
        guard abs(shape.mean) + 9 * shape.sd <= StudyFileLimits.logarithms else {
            fields["mean"]?.mistake(
                "mean and sd are of the logarithm, and e^(\(shape.mean) ± 9·\(shape.sd)) is beyond what a number "
                    + "holds", fix: "give the mean and the standard deviation of the natural logarithm")
            return nil
        }
        let domain = Domain.lognormal(mean: shape.mean, sd: shape.sd, min: shape.min, max: shape.max)
        let normal = TruncatedNormal(
            logarithmMean: shape.mean, sd: shape.sd, min: shape.min, max: shape.max)
        return checkShare(normal, fields) ? domain : nil
    }

    /// The numbers that a normal distribution needs.
    private struct Shape {
        var mean: Double
        var sd: Double
        var min: Double?
        var max: Double?

        init?(_ fields: SectionCursor) {
            let mean = fields["mean"]?.number()
            let sd = fields["sd"]?.number()
            let min = fields["min"].map { $0.number() }
            let max = fields["max"].map { $0.number() }
            var isFine = checkOrder(min ?? nil, max ?? nil, fields)
            if let sd, let cursor = fields["sd"], sd <= 0 {
                cursor.mistake(
                    "\(cursor.written) is not above 0",
                    fix: "write a standard deviation above 0, or use "
                        + "'type: constant'")
                isFine = false
            }
            if case .some(nil) = min { isFine = false }
            if case .some(nil) = max { isFine = false }
            guard isFine, let mean, let sd else { return nil }
            self.mean = mean
            self.sd = sd
            self.min = min ?? nil
            self.max = max ?? nil
        }
    }

    private static func checkShare(_ normal: TruncatedNormal, _ fields: SectionCursor) -> Bool {
        guard normal.share < StudyFileLimits.normalShare else { return true }
        (fields["min"] ?? fields["max"])?.mistake(
            "less than a millionth of the distribution lies between the bounds",
            fix: "move mean or the bounds, or use 'type: float'")
        return false
    }

    // MARK: Values

    private static func values(_ fields: SectionCursor) -> [ParameterValue]? {
        guard let cursor = fields["values"], let elements = cursor.list(example: "[sgd, adam]") else {
            return nil
        }
        guard !elements.isEmpty else {
            cursor.mistake("the list is empty", fix: "give at least one value")
            return nil
        }
        guard elements.count <= StudyFileLimits.choices else {
            cursor.mistake(
                "there are \(elements.count) values, more than \(StudyFileLimits.choices)",
                fix: "use an int parameter, and let the training code look the value up")
            return nil
        }
        let values = ParameterReader.distinct(elements)
        return values.count == elements.count ? values.map(\.value) : nil
    }

    /// The prior of a parameter; `nil` if it has a mistake.
    static func prior(_ cursor: Cursor, in domain: Domain) -> Prior? {
        guard let fields = SectionCursor(cursor, as: .prior) else { return nil }
        var width = Prior.defaultWidth
        if let given = fields["width"] {
            guard let number = given.number() else { return nil }
            if case .choice = domain {
                given.mistake(
                    "the values of a choice have no order, and so no width",
                    fix: "remove it, or use 'type: ordinal'")
                return nil
            }
            guard number > 0, number <= 1 else {
                given.mistake(
                    "\(given.written) is not a share of the range",
                    fix: "write a number above 0, and at most 1")
                return nil
            }
            width = number
        }
        guard let given = fields["default"], let value = given.parameterValue() else { return nil }
        guard let member = domain.member(value) else {
            given.mistake(
                "the parameter never has the value \(given.written)",
                fix: "its values are \(domain.summary)")
            return nil
        }
        return Prior(value: member, width: width)
    }
}
