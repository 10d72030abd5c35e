/// The values that a parameter may take, and their distribution.
///
/// Bounds are finite, and `min` < `max`. With a `step`, which is above 0 and at most `max` − `min`, the values are
/// `min`, `min` + `step`, `min` + 2·`step`, … up to `max`, which is included only if it is one of these.
public enum Domain: Hashable, Codable, Sendable {
    /// Real numbers from `min` to `max`.
    case float(min: Double, max: Double, scale: Scale, step: Double? = nil)
    /// Whole numbers from `min` to `max`, both included; on any scale except `logit`.
    case int(min: Int, max: Int, scale: Scale, step: Int? = nil)
    /// Real numbers with a normal distribution of this mean and standard deviation (above 0). If `min` or `max` is
    /// given, the distribution is truncated there and normalised.
    case normal(mean: Double, sd: Double, min: Double? = nil, max: Double? = nil)
    /// Real numbers above 0 whose natural logarithm has a normal distribution of this mean and standard deviation.
    /// `min` and `max` bound the values, not their logarithms, and are above 0.
    case lognormal(mean: Double, sd: Double, min: Double? = nil, max: Double? = nil)
    /// One of these values, all equally likely; at least one.
    case choice([ParameterValue])
    /// One of these ordered values, all equally likely; at least one. A searcher may treat neighbours as similar.
    case ordinal([ParameterValue])
    /// Always this value.
    case constant(ParameterValue)
}

/// How draws are distributed over a range.
public enum Scale: String, Hashable, Codable, Sendable, CaseIterable {
    /// Uniform in the value.
    case linear
    /// Uniform in the value's logarithm; the range must be above 0.
    case log
    /// The mirror image of `log` over the same range: x is as likely as `min` + `max` − x is on the log scale, so draws
    /// are dense at the top. The range must be above 0.
    case reverseLog = "reverse_log"
    /// Uniform in log(x / (1 − x)), dense at both ends; the range must be within 0 and 1, both excluded.
    case logit
}

/// A value that the author of a study expects to be good, and how firmly.
///
/// Half of the draws ignore the prior. The other half have a normal distribution around the value's place in the unit
/// interval (`Domain.unit(of:)`), with the standard deviation `width`, truncated at 0 and 1. For a choice, which has no
/// order, the other half are the value itself.
public struct Prior: Hashable, Codable, Sendable {
    /// The value that is expected to be good; within the domain.
    public var value: ParameterValue
    /// The standard deviation around it as a share of the domain, above 0.
    public var width: Double

    /// A prior from its parts.
    public init(value: ParameterValue, width: Double = Prior.defaultWidth) {
        self.value = value
        self.width = width
    }

    /// The default width: two thirds of the informed draws are within a fifth of the domain to each side.
    public static let defaultWidth = 0.2
}
