// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/feature_basis.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace app {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::MatrixXf;
using Eigen::VectorXd;
using Eigen::VectorXf;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

namespace {

constexpr int least_pictures = 8;
constexpr double outlier = 4.0;  ///< deviations; beyond, one odd picture would lead the fit

struct Scaling {
    VectorXf mean;
    VectorXf factor;  ///< 1 / deviation, 0 where nothing varies

    static Scaling of(const MatrixXf& rows) {
        Scaling scaling;
        scaling.mean = rows.colwise().mean();
        const VectorXf deviation = ((rows.rowwise() - scaling.mean.transpose()).array().square().colwise().mean()).sqrt();
        scaling.factor = (deviation.array() > 1e-6F * (1.0F + scaling.mean.array().abs())).select(1.0F / deviation.array(), 0.0F);
        return scaling;
    }
    MatrixXf apply(const MatrixXf& rows) const {
        return ((rows.rowwise() - mean.transpose()).array().rowwise() * factor.transpose().array()).matrix();
    }
    VectorXf apply(const std::vector<float>& row) const {
        return (Eigen::Map<const VectorXf>(row.data(), static_cast<Index>(row.size())) - mean).cwiseProduct(factor);
    }
};

/// The strongest directions of centred rows, each scaled so that the rows' coordinates have deviation 1: (dims, k).
MatrixXf whitenedDirections(const MatrixXf& rows, int wanted) {
    const MatrixXd gram = (rows * rows.transpose()).cast<double>();
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(gram);
    const Index n = rows.rows();
    // Directions that hold next to nothing would be blown up to the size of the others.
    const double floor = 1e-4 * std::max(solver.eigenvalues()[n - 1], 1e-12);
    Index count = 0;
    while (count < std::min<Index>(wanted, n - 1) && solver.eigenvalues()[n - 1 - count] > floor) ++count;
    MatrixXf directions(rows.cols(), count);
    for (Index k = 0; k < count; ++k) {
        const double eigenvalue = solver.eigenvalues()[n - 1 - k];
        const VectorXf mode = solver.eigenvectors().col(n - 1 - k).cast<float>();
        directions.col(k) = rows.transpose() * mode * static_cast<float>(std::sqrt(static_cast<double>(n)) / eigenvalue);
    }
    return directions;
}

template <typename Member> Result<MatrixXf> gather(const std::vector<PictureTraits>& pictures, Member member, const char* name) {
    const std::size_t length = (pictures.front().*member).size();
    MatrixXf rows(static_cast<Index>(pictures.size()), static_cast<Index>(length));
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const auto& row = pictures[i].*member;
        if (row.size() != length) {
            return failure(ErrorCode::invalid_request,
                           std::string("features of two models are mixed: ") + name + " of " + std::to_string(length) + " and of " +
                               std::to_string(row.size()) + " numbers");
        }
        for (std::size_t j = 0; j < length; ++j) rows(static_cast<Index>(i), static_cast<Index>(j)) = row[j];
    }
    if (!rows.allFinite()) return failure(ErrorCode::invalid_request, std::string("a feature is not finite: ") + name);
    return rows;
}

}  // namespace

struct FeatureBasis::State {
    Scaling statistics_scaling, states_scaling, prompt_scaling;
    MatrixXf states_directions;  ///< (dims, k)
    MatrixXf statistics_part;    ///< (statistics, k): what of the components the statistics foretell
    MatrixXf prompt_directions;
};

Result<FeatureBasis> FeatureBasis::fit(const std::vector<PictureTraits>& unrated, int max_components, int max_prompt_components) {
    if (static_cast<int>(unrated.size()) < least_pictures) {
        return failure(ErrorCode::invalid_request,
                       "a basis needs at least " + std::to_string(least_pictures) + " pictures, there are " + std::to_string(unrated.size()));
    }
    auto states = gather(unrated, &PictureTraits::states, "states");
    if (!states) return tl::unexpected<inference::Error>(states.error());
    auto prompts = gather(unrated, &PictureTraits::prompt, "prompt");
    if (!prompts) return tl::unexpected<inference::Error>(prompts.error());
    const auto n = static_cast<Index>(unrated.size());
    MatrixXf statistics(n, static_cast<Index>(num_pixel_statistics));
    for (Index i = 0; i < n; ++i) {
        for (Index j = 0; j < statistics.cols(); ++j) {
            statistics(i, j) = static_cast<float>(unrated[static_cast<std::size_t>(i)].pixels[static_cast<std::size_t>(j)]);
        }
    }
    if (!statistics.allFinite()) return failure(ErrorCode::invalid_request, "a pixel statistic is not finite");

    auto state = std::make_shared<State>();
    state->statistics_scaling = Scaling::of(statistics);
    const MatrixXf scaled_statistics = state->statistics_scaling.apply(statistics);
    if (states->cols() > 0) {
        state->states_scaling = Scaling::of(*states);
        MatrixXf scaled = state->states_scaling.apply(*states);
        MatrixXf normal = scaled_statistics.transpose() * scaled_statistics;
        normal.diagonal().array() += 0.01F * static_cast<float>(n);
        const MatrixXf foretold = normal.ldlt().solve(scaled_statistics.transpose() * scaled);  // (statistics, dims)
        scaled -= scaled_statistics * foretold;
        state->states_directions = whitenedDirections(scaled, max_components);
        state->statistics_part = foretold * state->states_directions;
    }
    if (prompts->cols() > 0) {
        state->prompt_scaling = Scaling::of(*prompts);
        state->prompt_directions = whitenedDirections(state->prompt_scaling.apply(*prompts), max_prompt_components);
    }
    return FeatureBasis(std::move(state));
}

int FeatureBasis::numComponents() const { return static_cast<int>(state_->states_directions.cols()); }

int FeatureBasis::numPromptComponents() const { return static_cast<int>(state_->prompt_directions.cols()); }

Result<Coordinates> FeatureBasis::project(const PictureTraits& picture) const {
    if (static_cast<Index>(picture.states.size()) != state_->states_scaling.mean.size() ||
        static_cast<Index>(picture.prompt.size()) != state_->prompt_scaling.mean.size()) {
        return failure(ErrorCode::invalid_request, "the picture's features are of another model than the basis");
    }
    const auto bounded = [](float value) { return std::clamp(static_cast<double>(value), -outlier, outlier); };
    VectorXf statistics(static_cast<Index>(num_pixel_statistics));
    Coordinates out;
    for (std::size_t j = 0; j < num_pixel_statistics; ++j) {
        const auto index = static_cast<Index>(j);
        statistics[index] =
            (static_cast<float>(picture.pixels[j]) - state_->statistics_scaling.mean[index]) * state_->statistics_scaling.factor[index];
        out.statistics[j] = bounded(statistics[index]);
    }
    bool finite = statistics.allFinite();
    if (!picture.states.empty()) {
        const VectorXf components =
            state_->states_directions.transpose() * state_->states_scaling.apply(picture.states) - state_->statistics_part.transpose() * statistics;
        finite = finite && components.allFinite();
        for (const float value : components) out.components.push_back(bounded(value));
    }
    if (!picture.prompt.empty()) {
        const VectorXf components = state_->prompt_directions.transpose() * state_->prompt_scaling.apply(picture.prompt);
        finite = finite && components.allFinite();
        for (const float value : components) out.prompt.push_back(bounded(value));
    }
    if (!finite) return failure(ErrorCode::invalid_request, "a feature is not finite");
    return out;
}

}  // namespace app
