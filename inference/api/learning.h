// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "inference/api/generation_request.h"
#include "inference/api/pixel_buffer.h"
#include "inference/api/result.h"

// The third stage, feedback, as the engine sees it: what a picture looks like to the frozen model, how well the model explains a
// picture, and how an adapter is trained. What a rating means, when to train and whether to believe the result is `app/feedback`'s.

namespace inference {

/// A picture and the prompt it was made for. Pictures of any size; 3 or 4 channels.
struct PictureQuery {
    PixelBuffer pixels;
    std::string prompt;       ///< UTF-8; empty for a picture that was not made here
    std::string instruction;  ///< UTF-8, as in GenerationRequest

    bool operator==(const PictureQuery&) const = default;
};

/// What the frozen model sees in a picture, adapters off, so that the labeller never moves with what it labels. All sizes are those of
/// the model and equal for all pictures of one version.
struct PictureFeatures {
    std::string version;        ///< changes with base weights, taps, noise levels and seeds; two versions are never mixed
    std::vector<float> image;   ///< states of the transformer, pooled over image tokens: for the preference head
    std::vector<float> judge;   ///< the same of other layers, which no label head may see: for the head that judges candidates
    std::vector<float> prompt;  ///< mean of the text model's last shared states over the prompt

    bool operator==(const PictureFeatures&) const = default;
};

struct DenoisingOptions {
    int draws = 8;                     ///< pairs (t, noise), the same for all queries
    std::uint64_t seed = 0;            ///< of the draws
    std::vector<AdapterUse> adapters;  ///< on the model that judges; usually none

    bool operator==(const DenoisingOptions&) const = default;
};

/// A picture to learn from.
struct TrainingPicture {
    PixelBuffer pixels;
    std::string prompt;
    std::string instruction;
    int group = 0;              ///< pictures of one prompt that were judged against each other; a group shares its (t, noise) draws
    double desirability = 0.0;  ///< s from -1 (away from it) to 1 (towards it); of a group usually of mean 0
    bool replay = false;        ///< nothing is wanted of it: here the adapter must leave the model as it was

    bool operator==(const TrainingPicture&) const = default;
};

/// What the loss of a picture is; all are anchored to the frozen model and differ in what they do with a dislike.
enum class TrainingObjective {
    guidance,         ///< regression to the frozen model guided by a critic of its own states, which s has taught: bounded, signed
    signed_flow,      ///< regression to v_ref + (s / b)(v - v_ref): bounded, signed
    dpo,              ///< Flow-DPO on the pairs of a group, sigmoid of the difference of gains
    kto,              ///< sigmoid of each picture's gain over the batch's mean gain
    reward_weighted,  ///< regression to v, weighted by exp(s / b)
    supervised,       ///< regression to v of the liked pictures only
};

const char* to_string(TrainingObjective objective) noexcept;
Result<TrainingObjective> parse_training_objective(const std::string& text);

/// The defaults are training_defaults(TrainingObjective::guidance).
struct TrainingConfig {
    TrainingObjective objective = TrainingObjective::guidance;
    int rank = 8;
    double alpha = 8.0;  ///< the adapter's product is scaled by alpha / rank
    int steps = 120;
    int groups_per_step = 5;
    double replay_share = 0.0;              ///< of a step's pictures; needs pictures for replay
    double empty_prompt_share = 1.0 / 3.0;  ///< of the replay
    double inverse_strength = 6.0;          ///< b: of the preference field that is learnt; for dpo and kto the factor on the gains
    double prompt_weight = 0.6;             ///< of `guidance`: how much more than the frozen model the prompt guides, but where nearly all is noise
    double keep_weight = 1.0;               ///< lambda of the replay's loss
    double noise_shift = 3.0;  ///< t is logit-normal, moved to shift t / (1 + (shift - 1) t): towards the levels where sampling spends its steps
    double learning_rate = 1e-3;
    int warmup_steps = 10;
    double decay_share = 0.3;  ///< of the steps, at the end, that run at 0.3 of the rate
    double weight_decay = 0.01;
    double clip_norm = 1.0;
    double ema_decay = 0.98;  ///< the average is what is shipped
    int max_side = 256;       ///< pixels; larger pictures are trained on smaller
    int checkpoint_steps = 25;
    std::uint64_t seed = 0;

    bool operator==(const TrainingConfig&) const = default;
};

/// What suits an objective. `guidance` needs no replay: what it wants is bounded everywhere.
TrainingConfig training_defaults(TrainingObjective objective);

/// Frozen when it is queued: the same job gives the same adapter, to the bit on a CPU, however often it was interrupted.
struct TrainingJob {
    std::string model_id;  ///< the base it was made for; another one is refused
    TrainingConfig config;
    std::vector<TrainingPicture> pictures;
    std::string checkpoint_path;  ///< folder; what lies there from an earlier run of the same job is gone on with
};

/// Before the start. Bytes beyond what is resident now.
struct TrainingEstimate {
    std::int64_t memory_bytes = 0;
    double seconds = 0.0;  ///< for all steps, from a measured slice
    std::int64_t adapter_parameters = 0;
    std::string measures;  ///< English: what was done to make it fit ("one picture at a time"); empty: nothing

    bool operator==(const TrainingEstimate&) const = default;
};

struct TrainingProgress {
    int step = 0;  ///< optimiser steps done
    int num_steps = 0;
    double fraction = 0.0;  ///< also moves within a step
    double loss = 0.0;      ///< of the last whole step: preference and replay
    double keep_loss = 0.0;
    double drift = 0.0;  ///< E|v_th - v_ref|^2 / E|v_ref - v|^2 over the replay, averaged; above 0.1 the run fails
    double remaining_ms = 0.0;
    bool done = false;

    bool operator==(const TrainingProgress&) const = default;
};

/// What an adapter file says about itself, checked against the loaded model.
struct AdapterInfo {
    std::string id;        ///< SHA-256 (hex) of the file: how a request names it
    std::string model_id;  ///< the base it was trained on; empty when the file does not say
    int rank = 0;
    double alpha = 0.0;
    std::int64_t parameters = 0;
    std::int64_t bytes = 0;
    std::map<std::string, std::string> metadata;  ///< of the safetensors header

    bool operator==(const AdapterInfo&) const = default;
};

/// One training run, on the engine's thread. Dropping it loses what came after the last checkpoint, nothing else.
class TrainingSession {
public:
    virtual ~TrainingSession() = default;

    /// One slice, a micro-batch (some hundred milliseconds at most): between two of them a drawing may run.
    /// Errors: cancelled, io (a checkpoint could not be written: nothing is lost, call again), out_of_memory, internal (loss not finite,
    /// drift beyond its bound).
    [[nodiscard]] virtual Result<TrainingProgress> advance(std::stop_token stop) = 0;

    /// Writes the averaged adapter as safetensors in the layout that other tools read for LoRA; beside the target, flushed, renamed.
    /// @param scale  of what was trained: how much of it the file's strength 1 adds. @param metadata  joins the header.
    /// @return what was written.
    [[nodiscard]] virtual Result<AdapterInfo> write_adapter(const std::string& path, double scale,
                                                            const std::map<std::string, std::string>& metadata) = 0;
};

/// What an engine that can learn offers beside drawing. Same thread, same rules as Engine: blocks, polls `stop`, throws nothing.
class LearningEngine {
public:
    virtual ~LearningEngine() = default;

    /// PictureFeatures::version of this model.
    virtual const std::string& feature_version() const noexcept = 0;

    /// A picture is encoded, noised at fixed levels with fixed seeds and read through the first part of the transformer.
    /// Errors: cancelled, invalid_request (a picture without pixels), out_of_memory.
    [[nodiscard]] virtual Result<std::vector<PictureFeatures>> features(const std::vector<PictureQuery>& pictures, std::stop_token stop) = 0;

    /// Mean squared error of the predicted velocity for each query, over the same draws: the lower, the better the model explains the
    /// picture by the prompt. The difference between prompts is a classifier (Li et al. 2023, arXiv:2303.16203).
    [[nodiscard]] virtual Result<std::vector<double>> denoising_losses(const std::vector<PictureQuery>& queries, const DenoisingOptions& options,
                                                                       std::stop_token stop) = 0;

    /// Errors: out_of_memory with the number, when no measure makes it fit; invalid_request.
    [[nodiscard]] virtual Result<TrainingEstimate> estimate_training(const TrainingJob& job, std::stop_token stop) = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<TrainingSession>> start_training(const TrainingJob& job, std::stop_token stop) = 0;

    /// Reads an adapter file with the suspicion any file gets. Errors: corrupt_file (hostile header, shapes that are not this model's, values
    /// that are not finite), unsupported_model (layers this model has not), io.
    [[nodiscard]] virtual Result<AdapterInfo> inspect_adapter(const std::string& path, std::stop_token stop) = 0;
};

}  // namespace inference
