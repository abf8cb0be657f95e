// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/preference_head.h"

#include "app/feedback/grouped_ridge.h"
#include "app/feedback/probit_likelihood.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <string>

namespace app {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

namespace {

constexpr int least_signals = 12;
constexpr double least_skill = 0.05;
constexpr double intercept_scale = 100.0;  ///< as good as unpenalised
constexpr double first_offset_ratio = 0.25;
constexpr std::array penalties = {0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0};
constexpr std::array<std::pair<double, double>, 5> scales = {{{0.15, 0.0}, {0.5, 0.0}, {1.0, 0.0}, {0.15, 0.4}, {0.5, 0.4}}};
constexpr double pick_deviations = 0.8;   ///< a normal variable known to be above its mean is expected that far above it
constexpr double duel_deviations = 1.13;  ///< and the difference of two, known to be positive
constexpr std::array quintiles = {-0.84, -0.25, 0.25, 0.84};

/// How coordinates become a row of the linear model.
struct Layout {
    Index components = 0;
    Index prompt = 0;
    double component_scale = 1.0;
    double prompt_scale = 0.0;

    static constexpr auto statistics = static_cast<Index>(num_pixel_statistics);
    Index products() const { return prompt_scale > 0.0 ? prompt * statistics : 0; }
    Index size() const { return 1 + statistics + components + products(); }

    /// @param constant  1 in a row of its own, 0 in a difference
    VectorXd row(const Coordinates& picture, double constant) const {
        VectorXd out(size());
        out[0] = constant * intercept_scale;
        for (Index j = 0; j < statistics; ++j) out[1 + j] = picture.statistics[static_cast<std::size_t>(j)];
        for (Index j = 0; j < components; ++j) out[1 + statistics + j] = component_scale * picture.components[static_cast<std::size_t>(j)];
        Index at = 1 + statistics + components;
        for (Index c = 0; c < (products() > 0 ? prompt : 0); ++c) {
            for (Index j = 0; j < statistics; ++j) {
                out[at++] = prompt_scale * picture.prompt[static_cast<std::size_t>(c)] * picture.statistics[static_cast<std::size_t>(j)];
            }
        }
        return out;
    }
};

/// The signals of the window, all kinds as one list of targets in stars: what ridge regression and its evidence work on.
struct Targets {
    std::vector<PreferenceSignal> signals;
    VectorXd values;
    VectorXd weights;
    std::vector<int> groups;
    std::vector<bool> absolute;  ///< not a difference of two pictures
    bool stars_only = true;
    double mean_stars = 3.0;
    double star_deviation = 1.0;
};

int pictureOf(const PreferenceSignal& signal) {
    if (const auto* star = std::get_if<StarSignal>(&signal.what)) return star->picture;
    if (const auto* pick = std::get_if<PickSignal>(&signal.what)) return pick->picture;
    return std::get<DuelSignal>(signal.what).first;
}

Result<void> check(const PreferenceData& data) {
    if (data.signals.empty()) return failure(ErrorCode::invalid_request, "nothing has been rated yet");
    const auto known = [&](int picture) { return picture >= 0 && picture < static_cast<int>(data.pictures.size()); };
    for (const auto& signal : data.signals) {
        const auto* duel = std::get_if<DuelSignal>(&signal.what);
        const auto* star = std::get_if<StarSignal>(&signal.what);
        if (!known(pictureOf(signal)) || (duel && !known(duel->second)) || (star && (star->stars < 1 || star->stars > 5))) {
            return failure(ErrorCode::invalid_request, "a rating names a picture or a number of stars that is not there");
        }
    }
    for (const auto& picture : data.pictures) {
        if (picture.components.size() != data.pictures.front().components.size() || picture.prompt.size() != data.pictures.front().prompt.size()) {
            return failure(ErrorCode::invalid_request, "pictures of two bases are mixed");
        }
    }
    return {};
}

Targets targetsOf(const PreferenceData& data, const HeadOptions& options) {
    Targets out;
    const auto skipped =
        data.signals.size() > static_cast<std::size_t>(options.window) ? data.signals.size() - static_cast<std::size_t>(options.window) : 0;
    out.signals.assign(data.signals.begin() + static_cast<std::ptrdiff_t>(skipped), data.signals.end());
    const auto n = static_cast<Index>(out.signals.size());
    out.values.resize(n);
    out.weights.resize(n);
    double mass = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    for (Index i = 0; i < n; ++i) {
        const auto& signal = out.signals[static_cast<std::size_t>(i)];
        out.weights[i] = std::pow(0.5, static_cast<double>(n - 1 - i) / options.half_life);
        out.groups.push_back(signal.grid);
        out.absolute.push_back(!std::holds_alternative<DuelSignal>(signal.what));
        const auto* star = std::get_if<StarSignal>(&signal.what);
        out.stars_only = out.stars_only && star != nullptr;
        if (star == nullptr) continue;
        mass += out.weights[i];
        sum += out.weights[i] * star->stars;
        squares += out.weights[i] * star->stars * star->stars;
    }
    if (mass > 0.0) out.mean_stars = sum / mass;
    if (mass > 4.0) out.star_deviation = std::max(0.7, std::sqrt(std::max(0.0, squares / mass - out.mean_stars * out.mean_stars)));
    for (Index i = 0; i < n; ++i) {
        const auto& what = out.signals[static_cast<std::size_t>(i)].what;
        if (const auto* star = std::get_if<StarSignal>(&what)) out.values[i] = star->stars;
        if (const auto* pick = std::get_if<PickSignal>(&what)) {
            out.values[i] = out.mean_stars + (pick->picked ? 1.0 : -1.0) * pick_deviations * out.star_deviation;
        }
        if (const auto* duel = std::get_if<DuelSignal>(&what)) {
            const double side = duel->outcome == DuelOutcome::first ? 1.0 : duel->outcome == DuelOutcome::second ? -1.0 : 0.0;
            out.values[i] = side * duel_deviations * out.star_deviation;
        }
    }
    return out;
}

MatrixXd rowsOf(const PreferenceData& data, const Targets& targets, const Layout& layout) {
    MatrixXd rows(static_cast<Index>(targets.signals.size()), layout.size());
    for (Index i = 0; i < rows.rows(); ++i) {
        const auto& signal = targets.signals[static_cast<std::size_t>(i)];
        const auto* duel = std::get_if<DuelSignal>(&signal.what);
        const auto& picture = data.pictures[static_cast<std::size_t>(pictureOf(signal))];
        VectorXd row = layout.row(picture, duel ? 0.0 : 1.0);
        if (duel) row -= layout.row(data.pictures[static_cast<std::size_t>(duel->second)], 0.0);
        rows.row(i) = row.transpose();
    }
    return rows;
}

Layout layoutOf(const PreferenceData& data, const Targets& targets, double component_scale, double prompt_scale) {
    Layout layout;
    const auto& first = data.pictures.front();
    layout.components = std::min(static_cast<Index>(first.components.size()), std::max<Index>(1, targets.values.size() / 2));
    layout.prompt = static_cast<Index>(first.prompt.size());
    layout.component_scale = component_scale;
    layout.prompt_scale = prompt_scale;
    return layout;
}

/// What guessing the mean of the other grids would miss: the measure of skill. A duel's mean is 0.
VectorXd guessingErrors(const Targets& targets, const MatrixXd& values) {
    std::map<int, std::vector<Index>> groups;
    for (std::size_t i = 0; i < targets.groups.size(); ++i) groups[targets.groups[i]].push_back(static_cast<Index>(i));
    VectorXd absolute(values.rows());
    for (Index i = 0; i < values.rows(); ++i) absolute[i] = targets.absolute[static_cast<std::size_t>(i)] ? targets.weights[i] : 0.0;
    const Eigen::RowVectorXd sum = absolute.transpose() * values;
    const double mass = absolute.sum();
    VectorXd errors = VectorXd::Zero(values.cols());
    for (const auto& [group, rows] : groups) {
        const Eigen::RowVectorXd own = absolute(rows).transpose() * values(rows, Eigen::all);
        const double others = mass - absolute(rows).sum();
        const Eigen::RowVectorXd mean = others > 0.0 ? ((sum - own) / others).eval() : Eigen::RowVectorXd::Zero(values.cols()).eval();
        for (const Index i : rows) {
            const Eigen::RowVectorXd guess = absolute[i] > 0.0 ? mean : Eigen::RowVectorXd::Zero(values.cols()).eval();
            errors += targets.weights[i] * (values.row(i) - guess).array().square().matrix().transpose();
        }
    }
    return errors;
}

double skillOf(double error, double guessing) { return guessing > 1e-9 ? 1.0 - error / guessing : 0.0; }

RidgeRows problemOf(const PreferenceData& data, const Targets& targets, const Layout& layout) {
    return {rowsOf(data, targets, layout), targets.values, targets.weights, targets.groups, targets.absolute};
}

/// Variance of the grids' offsets over the rest, from the products of residuals of one grid.
double offsetRatio(const Targets& targets, const VectorXd& residuals) {
    std::map<int, std::array<double, 3>> sums;  // sum, squares, count
    for (std::size_t i = 0; i < targets.groups.size(); ++i) {
        if (!targets.absolute[i]) continue;
        const double r = residuals[static_cast<Index>(i)];
        auto& [sum, squares, count] = sums[targets.groups[i]];
        sum += r;
        squares += r * r;
        count += 1.0;
    }
    double products = 0.0;
    double pairs = 0.0;
    double squares_sum = 0.0;
    double total = 0.0;
    for (const auto& [group, values] : sums) {
        products += values[0] * values[0] - values[1];
        pairs += values[2] * (values[2] - 1.0);
        squares_sum += values[1];
        total += values[2];
    }
    if (pairs < 1.0 || squares_sum <= 0.0) return first_offset_ratio;
    const double between = std::max(0.0, products / pairs);
    const double within = std::max(1e-6, squares_sum / total - between);
    return std::clamp(between / within, 0.05, 1.0);
}

HeadShape chooseShape(const PreferenceData& data, const Targets& targets) {
    HeadShape best;
    double least = std::numeric_limits<double>::infinity();
    VectorXd residuals;
    for (const auto& [component_scale, prompt_scale] : scales) {
        const bool nothing_to_scale = (data.pictures.front().components.empty() && component_scale != scales[0].first) ||
            (data.pictures.front().prompt.empty() && prompt_scale > 0.0);
        if (nothing_to_scale) continue;
        const GroupedRidge ridge(problemOf(data, targets, layoutOf(data, targets, component_scale, prompt_scale)), first_offset_ratio);
        for (const double penalty : penalties) {
            const auto left_out = ridge.leaveGroupsOut(targets.values, penalty);
            if (left_out.squared_error >= least) continue;
            least = left_out.squared_error;
            best = {component_scale, prompt_scale, penalty, first_offset_ratio};
            residuals = targets.values - left_out.predictions;
        }
    }
    best.offset_ratio = offsetRatio(targets, residuals);
    return best;
}

}  // namespace

struct PreferenceHead::State {
    Layout layout;
    HeadShape shape;
    VectorXd weights;
    MatrixXd covariance;  ///< of the weights, in squared units of the utility
    double offset_variance = 0.0;
    double noise = 1.0;  ///< deviation, in stars
    double skill = 0.0;
    double threshold = 1.0;
    int count = 0;
    std::vector<double> cuts;  ///< of the probit's utility; empty: the utility is in stars

    double utility(const Coordinates& picture) const { return layout.row(picture, 1.0).dot(weights); }

    /// Expected stars of a utility that is known up to `variance`, and the slope of the expectation.
    std::pair<double, double> stars(double utility, double variance) const {
        if (cuts.empty()) return {utility, 1.0};
        const double width = std::sqrt(1.0 + variance);
        double expected = 1.0;
        double slope = 0.0;
        for (const double cut : cuts) {
            const double z = (utility - cut) / width;
            expected += normalBelow(z);
            slope += std::exp(-0.5 * z * z) * 0.3989422804014327 / width;
        }
        return {expected, slope};
    }
};

namespace {

/// Index of the limits of IntervalProblem: four cuts, the threshold of a pick, the band of a duel.
constexpr int pick_limit = 4;
constexpr int band_below = 5;
constexpr int band_above = 6;

double bandOf(const Targets& targets) {
    double duels = 0.0;
    double equal = 0.0;
    for (const auto& signal : targets.signals) {
        const auto* duel = std::get_if<DuelSignal>(&signal.what);
        if (!duel) continue;
        duels += 1.0;
        if (duel->outcome == DuelOutcome::equal) equal += 1.0;
    }
    return 0.1 + 0.8 * (duels > 0.0 ? equal / duels : 0.0);
}

IntervalProblem mixedProblem(const PreferenceData& data, const Targets& targets, const Layout& layout, const HeadShape& shape) {
    IntervalProblem problem;
    problem.rows = rowsOf(data, targets, layout);
    problem.rows.col(0).setZero();  // the limits are the constant
    const double band = bandOf(targets);
    for (const double cut : quintiles) problem.limits.push_back(1.3 * cut);
    problem.limits.insert(problem.limits.end(), {0.0, -band, band});
    problem.limits_learned = {true, true, true, true, true, false, false};
    problem.weight_precision = shape.penalty;
    problem.offset_precision = 1.0 / shape.offset_ratio;
    std::map<int, int> groups;
    for (std::size_t i = 0; i < targets.signals.size(); ++i) {
        IntervalObservation seen;
        seen.group = groups.try_emplace(targets.groups[i], static_cast<int>(groups.size())).first->second;
        seen.shifted = targets.absolute[i];
        seen.weight = targets.weights[static_cast<Index>(i)];
        const auto& what = targets.signals[i].what;
        if (const auto* star = std::get_if<StarSignal>(&what)) {
            seen.lower = star->stars > 1 ? star->stars - 2 : -1;
            seen.upper = star->stars < 5 ? star->stars - 1 : -1;
        } else if (const auto* pick = std::get_if<PickSignal>(&what)) {
            (pick->picked ? seen.lower : seen.upper) = pick_limit;
        } else {
            problem.rows.row(static_cast<Index>(i)) /= std::sqrt(2.0);
            const DuelOutcome outcome = std::get<DuelSignal>(what).outcome;
            if (outcome != DuelOutcome::second) seen.lower = outcome == DuelOutcome::first ? band_above : band_below;
            if (outcome != DuelOutcome::first) seen.upper = outcome == DuelOutcome::second ? band_below : band_above;
        }
        problem.observations.push_back(seen);
    }
    problem.groups = static_cast<int>(groups.size());
    return problem;
}

}  // namespace

Result<PreferenceHead> PreferenceHead::fit(const PreferenceData& data, const HeadOptions& options) {
    if (auto sound = check(data); !sound) return tl::unexpected<inference::Error>(sound.error());
    const Targets targets = targetsOf(data, options);
    auto state = std::make_shared<State>();
    state->shape = options.shape ? *options.shape : chooseShape(data, targets);
    state->layout = layoutOf(data, targets, state->shape.component_scale, state->shape.prompt_scale);
    state->threshold = options.threshold;
    state->count = static_cast<int>(targets.signals.size());
    const GroupedRidge ridge(problemOf(data, targets, state->layout), state->shape.offset_ratio);
    const auto left_out = ridge.leaveGroupsOut(targets.values, state->shape.penalty);
    state->skill = skillOf(left_out.squared_error, guessingErrors(targets, targets.values)[0]);
    state->noise = std::sqrt(std::max(left_out.noise, 0.01));
    if (targets.stars_only) {
        state->weights = ridge.solve(targets.values, state->shape.penalty);
        state->covariance = left_out.noise * ridge.inverse(state->shape.penalty);
        state->offset_variance = state->shape.offset_ratio * left_out.noise;
    } else {
        auto posterior = maximisePosterior(mixedProblem(data, targets, state->layout, state->shape));
        if (!posterior.converged) return failure(ErrorCode::internal, "the fit of the ratings did not converge");
        state->weights = std::move(posterior.weights);
        state->covariance = std::move(posterior.covariance);
        // The constant has no data of its own here; its prior is not an uncertainty of the picture's.
        state->covariance.row(0).setZero();
        state->covariance.col(0).setZero();
        state->offset_variance = posterior.offset_variance;
        state->cuts.assign(posterior.limits.begin(), posterior.limits.begin() + pick_limit);
    }
    return PreferenceHead(std::move(state));
}

Result<ChanceSkill> PreferenceHead::chanceSkill(const PreferenceData& data, const HeadOptions& options, int permutations, std::uint64_t seed) {
    if (auto sound = check(data); !sound) return tl::unexpected<inference::Error>(sound.error());
    const Targets targets = targetsOf(data, options);
    const Index n = targets.values.size();
    // Absolute answers are shuffled among themselves; of a difference the sign is thrown.
    MatrixXd shuffled(n, permutations);
    std::mt19937_64 random(seed);
    std::vector<Index> absolute;
    for (Index i = 0; i < n; ++i) {
        if (targets.absolute[static_cast<std::size_t>(i)]) absolute.push_back(i);
    }
    for (Index column = 0; column < permutations; ++column) {
        shuffled.col(column) = targets.values;
        for (std::size_t left = absolute.size(); left > 1; --left) {
            const auto other = static_cast<std::size_t>(random() % left);
            std::swap(shuffled(absolute[left - 1], column), shuffled(absolute[other], column));
        }
        for (Index i = 0; i < n; ++i) {
            if (!targets.absolute[static_cast<std::size_t>(i)] && (random() & 1U) != 0) shuffled(i, column) = -shuffled(i, column);
        }
    }
    // The choice of the shape is part of what finds skill in nothing.
    VectorXd least = VectorXd::Constant(permutations, std::numeric_limits<double>::infinity());
    for (const auto& [component_scale, prompt_scale] : scales) {
        const GroupedRidge ridge(problemOf(data, targets, layoutOf(data, targets, component_scale, prompt_scale)), first_offset_ratio);
        for (const double penalty : penalties) least = least.cwiseMin(ridge.leftOutErrors(shuffled, penalty));
    }
    const VectorXd guessing = guessingErrors(targets, shuffled);
    std::vector<double> skills;
    for (Index column = 0; column < permutations; ++column) skills.push_back(skillOf(least[column], guessing[column]));
    std::sort(skills.begin(), skills.end());
    const auto at = [&](double share) { return skills[static_cast<std::size_t>(std::ceil(share * permutations)) - 1]; };
    return ChanceSkill{at(0.95), at(0.99)};
}

Result<PreferenceHead> PreferenceHead::fitAgainstChance(const PreferenceData& data, std::uint64_t seed) {
    constexpr int permutations = 200;
    HeadOptions options;
    auto chance = chanceSkill(data, options, permutations, seed);
    if (!chance) return tl::unexpected<inference::Error>(chance.error());
    options.threshold = chance->p95;
    return fit(data, options);
}

Opinion PreferenceHead::opinion(const Coordinates& picture) const {
    const VectorXd row = state_->layout.row(picture, 1.0);
    const double variance = std::max(0.0, row.dot(state_->covariance * row)) + state_->offset_variance;
    const auto [stars, slope] = state_->stars(row.dot(state_->weights), variance);
    return {stars, slope * std::sqrt(variance)};
}

double PreferenceHead::differenceVariance(const Coordinates& a, const Coordinates& b) const {
    const VectorXd row = state_->layout.row(a, 0.0) - state_->layout.row(b, 0.0);
    return std::max(0.0, row.dot(state_->covariance * row));
}

double PreferenceHead::winProbability(const Coordinates& a, const Coordinates& b) const {
    const double noise = state_->cuts.empty() ? state_->noise : 1.0;
    const double difference = state_->utility(a) - state_->utility(b);
    return normalBelow(difference / std::sqrt(2.0 * noise * noise + differenceVariance(a, b)));
}

std::vector<double> PreferenceHead::draw(const std::vector<Coordinates>& pictures, std::uint64_t seed) const {
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(state_->covariance);
    std::mt19937_64 random(seed);
    std::normal_distribution<double> normal;
    VectorXd noise(state_->weights.size());
    for (Index i = 0; i < noise.size(); ++i) noise[i] = normal(random) * std::sqrt(std::max(0.0, solver.eigenvalues()[i]));
    const VectorXd weights = state_->weights + solver.eigenvectors() * noise;
    std::vector<double> stars;
    for (const auto& picture : pictures) stars.push_back(state_->stars(state_->layout.row(picture, 1.0).dot(weights), 0.0).first);
    return stars;
}

std::vector<std::size_t> PreferenceHead::order(const std::vector<Coordinates>& pictures) const {
    std::vector<double> utilities;
    for (const auto& picture : pictures) utilities.push_back(state_->utility(picture));
    std::vector<std::size_t> indices(pictures.size());
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    std::stable_sort(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) { return utilities[a] > utilities[b]; });
    return indices;
}

std::vector<Reason> PreferenceHead::reasons(const Coordinates& picture, std::size_t most) const {
    const VectorXd row = state_->layout.row(picture, 1.0);
    const auto [stars, slope] = state_->stars(row.dot(state_->weights), 0.0);
    std::vector<Reason> all;
    for (std::size_t j = 0; j < num_pixel_statistics; ++j) {
        double effect = row[static_cast<Index>(1 + j)] * state_->weights[static_cast<Index>(1 + j)];
        const Index products = 1 + Layout::statistics + state_->layout.components;
        for (Index at = products + static_cast<Index>(j); at < row.size(); at += Layout::statistics) effect += row[at] * state_->weights[at];
        all.push_back({static_cast<PixelStatistic>(j), picture.statistics[j], slope * effect});
    }
    std::stable_sort(all.begin(), all.end(), [](const Reason& a, const Reason& b) { return std::abs(a.effect) > std::abs(b.effect); });
    all.resize(std::min(most, all.size()));
    return all;
}

double PreferenceHead::skill() const { return state_->skill; }
double PreferenceHead::threshold() const { return state_->threshold; }
double PreferenceHead::noise() const { return state_->noise; }
int PreferenceHead::count() const { return state_->count; }
const HeadShape& PreferenceHead::shape() const { return state_->shape; }

bool PreferenceHead::speaks() const { return state_->count >= least_signals && state_->skill > least_skill && state_->skill > state_->threshold; }

}  // namespace app
