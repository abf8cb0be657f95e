// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/training_run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "inference/core/memory.h"
#include "inference/learning/adapter_file.h"
#include "inference/learning/draws.h"
#include "inference/learning/picture_latents.h"
#include "inference/learning/thread_probe.h"
#include "inference/weights/file_hash.h"

namespace inference {
namespace {

constexpr double drift_memory = 0.9;      ///< the drift is averaged over about ten steps
constexpr double preparing_share = 0.03;  ///< of the progress bar

/// Means over the latents of each of a batch, on the CPU.
std::vector<double> means(const torch::Tensor& x) {
    const auto values = x.mean({1, 2, 3}).to(torch::kCPU, torch::kFloat64).contiguous();
    return {values.const_data_ptr<double>(), values.const_data_ptr<double>() + values.numel()};
}

torch::Tensor column(const std::vector<double>& values, torch::Device device) {
    return torch::tensor(values, torch::kFloat64).to(device, torch::kFloat32).view({-1, 1, 1, 1});
}

TrainingJob checked(TrainingJob job, const FrozenModel& model) {
    if (job.model_id != model.id) {
        fail(ErrorCode::invalid_request, "the training job was made for another model (" + job.model_id.substr(0, 12) + ")");
    }
    for (const auto& picture : job.pictures) require_picture(picture.pixels);
    return job;
}

}  // namespace

std::string job_identity(const TrainingJob& job) {
    const auto& c = job.config;
    nlohmann::json config = {
        job.model_id,         to_string(c.objective), c.rank,          c.alpha,       c.steps,       c.groups_per_step,  c.replay_share,
        c.empty_prompt_share, c.inverse_strength,     c.prompt_weight, c.keep_weight, c.noise_shift, c.learning_rate,    c.warmup_steps,
        c.decay_share,        c.weight_decay,         c.clip_norm,     c.ema_decay,   c.max_side,    c.checkpoint_steps, c.seed};
    std::string text = config.dump();
    for (const auto& picture : job.pictures) {
        const auto& pixels = picture.pixels;
        const nlohmann::json one = {pixels.width,
                                    pixels.height,
                                    pixels.channels,
                                    picture.group,
                                    picture.replay,
                                    picture.desirability,
                                    sha256_of_text(picture.prompt + '\0' + picture.instruction),
                                    sha256_of_text(std::string(pixels.bytes.begin(), pixels.bytes.end()))};
        text += one.dump();
    }
    return sha256_of_text(text);
}

TrainingRun::TrainingRun(FrozenModel model, TrainingJob job, std::int64_t available_bytes) :
    model_(std::move(model)), job_(checked(std::move(job), model_)), plan_(job_),
    parameters_(AdapterLayout(model_.config->transformer), job_.config.rank, job_.config.alpha),
    checkpoints_(job_.checkpoint_path, job_identity(job_), parameters_.size()) {
    auto found = job_.checkpoint_path.empty() ? std::nullopt : checkpoints_.read();
    if (found) {
        resumed_ = true;
        setup_ = std::move(found->setup);
        state_ = std::move(found->state);
        loss_ = found->loss;
        keep_loss_ = found->keep_loss;
        drift_moved_ = found->drift_moved;
        drift_error_ = found->drift_error;
        setup_.bytes = training_bytes(model_, job_, setup_);
        if (setup_.bytes > available_bytes) {
            fail(ErrorCode::out_of_memory,
                 "going on with this training needs about " + format_bytes(setup_.bytes) + " of memory; " + format_bytes(available_bytes) +
                     " are available");
        }
    } else {
        setup_ = choose_setup(model_, job_, available_bytes);
        state_ = OptimiserState::from(parameters_.initial(job_.config.seed));
    }
    material_.emplace(model_, job_, setup_);
    fraction_at_start_ = fraction();
}

void TrainingRun::probe_threads(const std::stop_token& stop) {
    if (resumed_ || setup_.threads <= 1) return;
    const auto latents = material_->blank().repeat({setup_.micro_batch, 1, 1, 1});
    const std::vector rows(static_cast<std::size_t>(setup_.micro_batch), material_->longest_prompt(stop));
    auto text = model_.transformer->prepare(rows, latents.size(2), latents.size(3));
    const auto timesteps = timesteps_of(torch::full({setup_.micro_batch}, 0.5, torch::kFloat32));
    setup_.threads = fastest_threads(setup_.threads, [&] {
        throw_if_stopped(stop);
        model_.transformer->velocity(latents, text, timesteps);
    });
    if (!job_.checkpoint_path.empty()) save();  // before anything is computed that the number of threads decides the last bits of
}

TrainingProgress TrainingRun::advance(const std::stop_token& stop) {
    if (failed_) throw Exception(failed_->code, failed_->detail);
    throw_if_stopped(stop);
    if (unsaved_) {
        save();
    } else if (state_.step < job_.config.steps) {
        const auto start = std::chrono::steady_clock::now();
        const bool stepping = material_->ready();
        slice(stop);
        if (stepping) seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        else fraction_at_start_ = fraction();
        if (unsaved_) save();
    }
    return progress();
}

void TrainingRun::slice(const std::stop_token& stop) {
    if (!material_->ready()) return material_->advance(stop);
    if (batches_.empty()) begin_step();
    switch (phase_) {
    case Phase::reference: run_reference(batches_[cursor_], stop); break;
    case Phase::policy: run_policy(batches_[cursor_]); break;
    case Phase::learning: learn(batches_[cursor_], stop); break;
    }
    next_batch();
}

void TrainingRun::make_trainable() {
    if (trainable_) return;
    trainable_.emplace(model_.transformer, setup_.memory);
    if (guided()) field_.emplace(model_, *trainable_, *material_->critic());
}

TrainingRun::Batch TrainingRun::make_batch(std::vector<std::size_t> draws) const {
    Batch batch;
    std::vector<torch::Tensor> clean, noise;
    for (const auto draw : draws) {
        const auto& latents = material_->latents(draws_[draw].picture);
        clean.push_back(latents);
        noise.push_back(
            Draws(job_.config.seed, DrawPurpose::noise, static_cast<std::uint64_t>(state_.step), draws_[draw].slot).normal(latents.sizes()));
    }
    batch.clean = at::stack(clean);
    batch.noise = at::stack(noise).to(batch.clean.device());
    batch.draws = std::move(draws);
    return batch;
}

void TrainingRun::begin_step() {
    make_trainable();
    draws_ = plan_.step(state_.step);
    errors_.clear();
    for (const auto& draw : draws_) errors_.push_back({draw.slot, draw.replay, job_.pictures[draw.picture].desirability, draw.t, 0.0, 0.0, 0.0});
    std::vector<Batch> batches;
    for (std::size_t first = 0; first < draws_.size();) {  // neighbours of one size go together
        std::vector<std::size_t> part;
        const auto& shape = material_->latents(draws_[first].picture);
        const bool replay = draws_[first].replay;
        while (first < draws_.size() && part.size() < static_cast<std::size_t>(setup_.micro_batch) && draws_[first].replay == replay &&
               material_->latents(draws_[first].picture).sizes() == shape.sizes()) {
            part.push_back(first++);
        }
        batches.push_back(make_batch(std::move(part)));
    }
    gradient_ = at::zeros_like(state_.parameters);
    step_loss_ = step_keep_loss_ = step_moved_ = step_error_ = 0.0;
    phase_ = Phase::reference;
    cursor_ = 0;
    batches_ = std::move(batches);  // last: without them the step is begun again
}

Conditioning TrainingRun::prepare(const Batch& batch) const {
    std::vector<std::shared_ptr<const PromptState>> rows;
    for (const auto draw : batch.draws) {
        rows.push_back(draws_[draw].empty_prompt ? material_->empty_prompt() : material_->prompt_of(draws_[draw].picture));
    }
    return model_.transformer->prepare(rows, batch.clean.size(2), batch.clean.size(3));
}

torch::Tensor TrainingRun::levels(const Batch& batch) const {
    std::vector<double> t;
    for (const auto draw : batch.draws) t.push_back(draws_[draw].t);
    return torch::tensor(t, torch::kFloat64).to(torch::kFloat32);
}

torch::Tensor TrainingRun::noisy(const Batch& batch) const {
    return batch.clean + levels(batch).view({-1, 1, 1, 1}).to(batch.clean.device()) * (batch.noise - batch.clean);
}

void TrainingRun::run_reference(Batch& batch, const std::stop_token& stop) {
    auto text = prepare(batch);
    torch::Tensor reference;
    if (guided() && !draws_[batch.draws.front()].replay) {
        std::vector<GuidanceField::Look> looks;
        for (const auto draw : batch.draws) looks.push_back({static_cast<std::uint64_t>(state_.step), draw});
        const std::vector<std::shared_ptr<const PromptState>> nothing(batch.draws.size(), material_->empty_prompt());
        auto empty = model_.transformer->prepare(nothing, batch.clean.size(2), batch.clean.size(3));
        auto answer = field_->at(noisy(batch), levels(batch), text, empty, looks, job_.config, stop);
        reference = std::move(answer.velocity);
        batch.shift = std::move(answer.shift);
    } else {
        reference = model_.transformer->velocity(noisy(batch), text, timesteps_of(levels(batch)));
    }
    const auto difference = reference - (batch.noise - batch.clean);
    const auto squares = means(difference.square()), gaps = means(difference.abs());
    for (std::size_t i = 0; i < batch.draws.size(); ++i) {
        errors_[batch.draws[i]].reference_loss = squares[i];
        errors_[batch.draws[i]].reference_gap = gaps[i];
    }
    batch.reference = reference;
}

void TrainingRun::run_policy(Batch& batch) {
    auto text = prepare(batch);
    text.adapter = {adapter_, static_cast<std::int64_t>(batch.draws.size()) * text.image_tokens()};
    const auto policy = model_.transformer->velocity(noisy(batch), text, timesteps_of(levels(batch)));
    const auto squares = means((policy - (batch.noise - batch.clean)).square());
    for (std::size_t i = 0; i < batch.draws.size(); ++i) errors_[batch.draws[i]].policy_loss = squares[i];
}

void TrainingRun::learn(Batch& batch, const std::stop_token& stop) {
    auto pass = trainable_->forward(noisy(batch), prepare(batch), timesteps_of(levels(batch)), adapter_, stop);
    std::vector<double> weights, toward;
    for (const auto draw : batch.draws) {
        weights.push_back(pulls_[draw].weight);
        toward.push_back(pulls_[draw].toward);
    }
    const auto device = batch.clean.device();
    const auto moved = pass.velocity() - batch.reference;
    const auto wanted = batch.shift.defined() ? batch.shift : column(toward, device) * (batch.noise - batch.clean - batch.reference);
    const auto miss = moved - wanted;
    const auto latents = static_cast<double>(batch.clean[0].numel());
    auto slice_gradient = at::zeros_like(gradient_);  // joins the step's when the slice is whole
    parameters_.add_gradients(pass.backward(miss * column(weights, device) * (2.0 / latents), stop), slice_gradient);
    const auto misses = means(miss.square()), moves = means(moved.square());
    gradient_ += slice_gradient;
    for (std::size_t i = 0; i < batch.draws.size(); ++i) {
        const auto& errors = errors_[batch.draws[i]];
        if (!errors.replay) {
            step_loss_ += weights[i] * misses[i];
            if (!guided()) continue;
        } else {
            step_keep_loss_ += weights[i] * misses[i];
        }
        step_moved_ += moves[i];
        step_error_ += errors.reference_loss;
    }
}

void TrainingRun::stack_parameters() {
    const auto weights = parameters_.view(state_.parameters);
    adapter_ = stack_adapters({{&weights, 1.0}}, parameters_.layout(), model_.placement);
}

void TrainingRun::next_batch() {
    if (++cursor_ < batches_.size()) return;
    cursor_ = 0;
    const bool margins = needs_policy_loss(job_.config.objective);
    if (phase_ == Phase::learning) return end_step();
    if (phase_ == Phase::reference) {
        stack_parameters();
        phase_ = margins ? Phase::policy : Phase::learning;
    } else {
        phase_ = Phase::learning;
    }
    if (phase_ == Phase::learning) pulls_ = pulls(job_.config, errors_);
}

void TrainingRun::end_step() {
    const auto& config = job_.config;
    const double judged = needs_policy_loss(config.objective) ? margin_loss(config, errors_) : step_loss_;
    loss_ = judged + step_keep_loss_;
    keep_loss_ = config.keep_weight > 0 ? step_keep_loss_ / config.keep_weight : 0.0;
    drift_moved_ = drift_memory * drift_moved_ + (1.0 - drift_memory) * step_moved_;
    drift_error_ = drift_memory * drift_error_ + (1.0 - drift_memory) * step_error_;
    if (!std::isfinite(loss_) || !std::isfinite(gradient_.sum().item<double>())) {
        failed_ = Error{ErrorCode::internal, "training stopped at step " + std::to_string(state_.step + 1) + ": its loss is not a finite number"};
        throw Exception(failed_->code, failed_->detail);
    }
    if (const double drift = progress().drift; drift > max_drift) {
        failed_ = Error{ErrorCode::internal,
                        "training stopped at step " + std::to_string(state_.step + 1) + ": the adapter moves the model by " + std::to_string(drift) +
                            " of its error where it should leave it as it is; the bound is 0.1"};
        throw Exception(failed_->code, failed_->detail);
    }
    // Cut off in its midst, by a lack of memory, it cannot be done again.
    failed_ = Error{ErrorCode::out_of_memory, "a step of the optimiser was cut off; training goes on from its last checkpoint"};
    adamw_step(state_, gradient_, config);
    failed_.reset();
    batches_.clear();
    phase_ = Phase::reference;
    unsaved_ = !job_.checkpoint_path.empty() && (state_.step % config.checkpoint_steps == 0 || state_.step == config.steps);
}

void TrainingRun::save() {
    checkpoints_.write({state_, setup_, loss_, keep_loss_, drift_moved_, drift_error_});
    unsaved_ = false;
}

double TrainingRun::fraction() const {
    const double steps = job_.config.steps;
    if (!material_->ready()) {
        const double resumed = static_cast<double>(state_.step) / steps;
        return material_->share_read() * (preparing_share + (1.0 - preparing_share) * resumed);
    }
    double within = 0.0;
    if (!batches_.empty()) {
        const double phases = needs_policy_loss(job_.config.objective) ? 4.0 : 3.0;  // learning takes as long as two of the others
        const double before = phase_ == Phase::reference ? 0.0 : phase_ == Phase::policy ? 1.0 : phases - 2.0;
        const double weight = phase_ == Phase::learning ? 2.0 : 1.0;
        within = (before + weight * static_cast<double>(cursor_) / static_cast<double>(batches_.size())) / phases;
    }
    return preparing_share + (1.0 - preparing_share) * (state_.step + within) / steps;
}

TrainingProgress TrainingRun::progress() const {
    TrainingProgress progress;
    progress.step = state_.step;
    progress.num_steps = job_.config.steps;
    progress.done = state_.step >= progress.num_steps && !unsaved_;
    progress.fraction = progress.done ? 1.0 : fraction();
    progress.loss = loss_;
    progress.keep_loss = keep_loss_;
    progress.drift = drift_error_ > 0.0 ? drift_moved_ / drift_error_ : 0.0;
    if (const double gone = progress.fraction - fraction_at_start_; gone > 0.0) {
        progress.remaining_ms = 1000.0 * seconds_ / gone * (1.0 - progress.fraction);
    }
    return progress;
}

double TrainingRun::measure_seconds(const std::stop_token& stop) {
    material_->pretend(stop);
    begin_step();
    stack_parameters();
    pulls_.assign(draws_.size(), Pull{});
    double seconds = 0.0;
    const auto add = [&](const auto& run) {  // all slices of a kind are alike
        run();                               // the first meets cold caches and makes the kernels
        throw_if_stopped(stop);
        const auto start = std::chrono::steady_clock::now();
        run();
        seconds += static_cast<double>(batches_.size()) * std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    };
    auto& batch = batches_.front();
    add([&] { run_reference(batch, stop); });
    if (needs_policy_loss(job_.config.objective)) add([&] { run_policy(batch); });
    add([&] { learn(batch, stop); });
    return seconds * job_.config.steps;
}

AdapterInfo TrainingRun::write_adapter(const std::string& path, double scale, const std::map<std::string, std::string>& metadata) const {
    const auto& config = job_.config;
    inference::write_adapter(path, parameters_.view(state_.average), parameters_.layout(), config.rank, scale * config.alpha, model_.id, metadata);
    return read_adapter(path, parameters_.layout(), model_.id, {}).info;
}

}  // namespace inference
