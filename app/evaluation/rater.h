// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "inference/api/pixel_buffer.h"
#include "inference/api/result.h"

namespace app {

/// A picture as a rater gets it.
struct RatedPicture {
    inference::PixelBuffer pixels;  ///< 3 or 4 channels; judged over white
    QString path;                   ///< of its file, for raters that are other programs; may be empty for the built-in ones
    int prompt_group = 0;           ///< 0 or 1: which half of the prompts it belongs to
};

/// A taste that is known, to measure with: a function of the picture alone, never of the prompt's words. The learning code sees stars and
/// nothing of this.
class Rater {
public:
    virtual ~Rater() = default;

    /// @return one score a picture in any unit, the higher the better. Errors: io, corrupt_file from raters that are other programs.
    [[nodiscard]] virtual inference::Result<std::vector<double>> scores(std::span<const RatedPicture> pictures) = 0;
};

/// "warmth", "brightness", "darkness", "colourful", "whitespace", "symmetry", "stripes", "mix", "conditional", "rare" and, of which nothing
/// can be learnt, "null".
QStringList raterNames();

/// Null for a name that is not among raterNames().
std::unique_ptr<Rater> makeRater(const QString& name);

/// Scores as the stars of a person who is not quite sure. Standardised on pictures of the base model.
class StarScale {
public:
    /// @param base_scores  of pictures of the base model; at least two that differ, otherwise every picture gets three stars.
    explicit StarScale(std::span<const double> base_scores);

    double standardise(double score) const;  ///< z
    /// 1 to 5: z with noise of half a standard deviation, cut at the base's fifths; one in twenty is a slip, any star.
    /// @param seed, index  name the noise: the same give the same stars.
    int stars(double score, std::uint64_t seed, std::uint64_t index) const;

private:
    double mean_ = 0.0;
    double deviation_ = 0.0;
};

}  // namespace app
