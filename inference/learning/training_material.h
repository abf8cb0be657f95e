// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include <torch/types.h>

#include "inference/api/learning.h"
#include "inference/learning/frozen_model.h"
#include "inference/learning/state_critic.h"
#include "inference/learning/state_reader.h"
#include "inference/learning/training_setup.h"

namespace inference {

/// What a run learns from, as the model sees it: prompts read, pictures encoded and, for the objective `guidance`, the critic of their states. All
/// of it is computed by the run itself, on its threads, so that whoever goes on with it comes to the same bits.
class TrainingMaterial {
public:
    /// Takes the pixels out of the job, whose memory they are no longer worth once they are encoded.
    TrainingMaterial(FrozenModel model, TrainingJob& job, const TrainingSetup& setup);

    /// One slice of the reading. Throws cancelled.
    void advance(const std::stop_token& stop);
    bool ready() const noexcept { return phase_ == Phase::ready; }
    double share_read() const;
    /// Instead of reading: prompts and pictures of the right sizes, for measuring. Good for nothing else.
    void pretend(const std::stop_token& stop);

    /// Of a picture, (C, h, w).
    const torch::Tensor& latents(std::size_t picture) const { return pictures_[picture].latents; }
    const std::shared_ptr<const PromptState>& prompt_of(std::size_t picture) const { return prompts_.at(pictures_[picture].text); }
    const std::shared_ptr<const PromptState>& empty_prompt() const { return prompts_.at({}); }
    /// Of the objective `guidance` alone.
    const std::optional<StateCritic>& critic() const noexcept { return critic_; }

    /// (1, C, h, w) of nothing, of the first picture's size.
    torch::Tensor blank() const { return blank(pictures_.front()); }
    std::shared_ptr<const PromptState> longest_prompt(const std::stop_token& stop) const;

private:
    enum class Phase { prompts, latents, states, ready };
    struct Picture {
        PromptText text;
        PixelBuffer pixels;
        ImageSize size;
        double desirability = 0.0;
        int group = 0;
        torch::Tensor latents;
    };

    void read_prompts(const std::stop_token& stop);
    void encode(const std::stop_token& stop);
    void look(const std::stop_token& stop);
    torch::Tensor blank(const Picture& picture) const;

    FrozenModel model_;
    bool wants_critic_;
    std::size_t looked_at_together_;
    std::vector<Picture> pictures_;
    std::vector<std::size_t> judged_;  ///< those that are not for replay
    std::vector<PromptText> texts_;    ///< distinct
    std::map<PromptText, std::shared_ptr<const PromptState>> prompts_;
    StateReader reader_;
    std::vector<torch::Tensor> states_;  ///< of the judged, as far as they are read
    std::optional<StateCritic> critic_;
    Phase phase_ = Phase::prompts;
    std::size_t cursor_ = 0;  ///< within the phase
};

}  // namespace inference
