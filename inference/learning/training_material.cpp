// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/training_material.h"

#include <algorithm>
#include <set>
#include <utility>

#include "inference/learning/picture_latents.h"

namespace inference {
namespace {

constexpr std::size_t prompts_a_slice = 8;
constexpr double encode_pixels_a_slice = 8.0 * 128 * 128;

}  // namespace

TrainingMaterial::TrainingMaterial(FrozenModel model, TrainingJob& job, const TrainingSetup& setup) :
    model_(std::move(model)), wants_critic_(job.config.objective == TrainingObjective::guidance),
    looked_at_together_(static_cast<std::size_t>(setup.micro_batch)), reader_(model_) {
    std::set<PromptText> texts = {{}};  // the empty prompt: replay draws it, and guidance is told from it
    for (auto& picture : job.pictures) {
        const auto size = training_size_for(picture.pixels, *model_.config, setup.max_side);
        if (!picture.replay) judged_.push_back(pictures_.size());
        pictures_.push_back(
            {{picture.prompt, picture.instruction}, std::exchange(picture.pixels, {}), size, picture.desirability, picture.group, {}});
        texts.insert(pictures_.back().text);
    }
    texts_.assign(texts.begin(), texts.end());
}

void TrainingMaterial::advance(const std::stop_token& stop) {
    switch (phase_) {
    case Phase::prompts: return read_prompts(stop);
    case Phase::latents: return encode(stop);
    case Phase::states: return look(stop);
    case Phase::ready: return;
    }
}

double TrainingMaterial::share_read() const {
    if (ready()) return 1.0;
    const std::size_t before = (phase_ > Phase::prompts ? texts_.size() : 0) + (phase_ > Phase::latents ? pictures_.size() : 0);
    const std::size_t all = texts_.size() + pictures_.size() + (wants_critic_ ? judged_.size() : 0);
    return static_cast<double>(before + cursor_) / static_cast<double>(all);
}

void TrainingMaterial::read_prompts(const std::stop_token& stop) {
    const auto last = std::min(texts_.size(), cursor_ + prompts_a_slice);
    const std::vector<PromptText> part(texts_.begin() + static_cast<std::ptrdiff_t>(cursor_), texts_.begin() + static_cast<std::ptrdiff_t>(last));
    const auto states = model_.read_prompts(part, stop);
    for (std::size_t i = 0; i < part.size(); ++i) prompts_[part[i]] = states[i];
    cursor_ = last;
    if (cursor_ < texts_.size()) return;
    phase_ = Phase::latents;
    cursor_ = 0;
}

void TrainingMaterial::encode(const std::stop_token& stop) {
    const auto size = pictures_[cursor_].size;
    const auto most = static_cast<std::size_t>(std::max(1.0, encode_pixels_a_slice / (size.width * size.height)));
    std::vector<const PixelBuffer*> part;
    while (cursor_ + part.size() < pictures_.size() && part.size() < most && pictures_[cursor_ + part.size()].size == size) {
        part.push_back(&pictures_[cursor_ + part.size()].pixels);
    }
    const auto encoded = encode_pictures(part, model_, size, stop);
    for (std::size_t i = 0; i < part.size(); ++i) {
        auto& picture = pictures_[cursor_ + i];
        picture.latents = encoded[static_cast<std::int64_t>(i)].clone();
        picture.pixels = {};
    }
    cursor_ += part.size();
    if (cursor_ < pictures_.size()) return;
    phase_ = wants_critic_ ? Phase::states : Phase::ready;
    cursor_ = 0;
}

/// The critic's pictures, some a slice, and then the critic.
void TrainingMaterial::look(const std::stop_token& stop) {
    std::vector<torch::Tensor> part;
    std::vector<std::shared_ptr<const PromptState>> prompts;
    while (cursor_ + part.size() < judged_.size() && part.size() < looked_at_together_) {
        const auto picture = judged_[cursor_ + part.size()];
        if (!part.empty() && latents(picture).sizes() != part.front().sizes()) break;
        part.push_back(latents(picture));
        prompts.push_back(prompt_of(picture));
    }
    states_.push_back(reader_.image_states(at::stack(part), prompts, stop));
    cursor_ += part.size();
    if (cursor_ < judged_.size()) return;
    std::vector<double> desirabilities;
    std::vector<int> groups;
    for (const auto picture : judged_) {
        desirabilities.push_back(pictures_[picture].desirability);
        groups.push_back(pictures_[picture].group);
    }
    critic_ = StateCritic::fit(at::cat(states_), desirabilities, groups);
    states_.clear();
    phase_ = Phase::ready;
    cursor_ = 0;
}

void TrainingMaterial::pretend(const std::stop_token& stop) {
    const auto prompt = longest_prompt(stop);
    for (const auto& text : texts_) prompts_[text] = prompt;
    for (auto& picture : pictures_) picture.latents = blank(picture).squeeze(0);
    if (wants_critic_) critic_ = StateCritic::fit(reader_.image_states(blank().repeat({2, 1, 1, 1}), {prompt, prompt}, stop), {0.5, -0.5}, {0, 0});
    phase_ = Phase::ready;
    cursor_ = 0;
}

torch::Tensor TrainingMaterial::blank(const Picture& picture) const {
    const auto factor = model_.config->autoencoder.factor();
    return torch::zeros({1, model_.config->transformer.in_channels, picture.size.height / factor, picture.size.width / factor},
                        torch::TensorOptions(model_.placement.device).dtype(torch::kFloat32));
}

std::shared_ptr<const PromptState> TrainingMaterial::longest_prompt(const std::stop_token& stop) const {
    const auto longest = std::max_element(texts_.begin(), texts_.end(), [](const PromptText& a, const PromptText& b) {
        return a.prompt.size() + a.instruction.size() < b.prompt.size() + b.instruction.size();
    });
    return model_.read_prompts({*longest}, stop).front();
}

}  // namespace inference
