// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/pixel_statistics.h"
#include "app/feedback/raters.h"
#include "tests/support/fake_engine.h"

#include <QByteArray>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tests {

/// What a FakeLearningEngine does and saw.
struct LearningScript {
    QString adapters_dir;
    int num_steps = 10;
    std::atomic<int> steps{0};  ///< optimiser steps done by all sessions
    std::atomic<int> sessions{0};
    std::atomic<int> looked_at{0};  ///< pictures, each time
    int fail_at_step = -1;          ///< io, as of a full disk
    int short_at_step = -1;         ///< out_of_memory there, `shortages` times
    std::atomic<int> shortages{0};
    std::optional<inference::Error> refusal;  ///< of every adapter file and of every estimate
    double colour_per_strength = 30.0;        ///< how much redder a candidate draws, in levels, for each unit of alpha over rank times strength
    std::atomic<bool> damaged{false};         ///< candidates fit their prompts worse
};

/// An engine that draws plain pictures of a colour that its seed decides, and learns: the adapter it "trains" makes pictures redder when redder ones were
/// desired, bluer when bluer ones were. Its features are functions of the pixels, so a head on them is a head on what is drawn.
class FakeLearningEngine final : public inference::Engine, public inference::LearningEngine {
public:
    FakeLearningEngine(std::shared_ptr<FakeScript> script, std::shared_ptr<LearningScript> learning) :
        drawing_(std::move(script)), learning_(std::move(learning)), version_("fake-features") {}

    const inference::ModelInfo& model() const noexcept override { return drawing_.model(); }
    inference::LearningEngine* learning() noexcept override { return this; }

    inference::Result<inference::GenerationSummary> generate(const inference::GenerationRequest& request,
                                                             const inference::GenerationCallbacks& callbacks, std::stop_token stop) override {
        double shift = 0.0;
        for (const auto& use : request.adapters) {
            auto direction = directionOf(use.id);
            if (!direction) return tl::unexpected<inference::Error>(direction.error());
            shift += use.strength * *direction;
        }
        if (request.candidates > 1 && !callbacks.judge)
            return inference::failure(inference::ErrorCode::invalid_request, "candidates are asked for, but nobody judges them");
        inference::GenerationCallbacks own = callbacks;
        own.judge = [](const auto& candidates) { return std::vector<double>(candidates.size()); };  // what is painted here is judged here
        std::optional<inference::Error> misjudged;
        own.on_image = [&](inference::RenderedImage image) {
            auto drawn = best(request, std::move(image), shift, callbacks);
            if (!drawn) misjudged = drawn.error();
            else if (callbacks.on_image) callbacks.on_image(*std::move(drawn));
        };
        auto summary = drawing_.generate(request, own, std::move(stop));
        if (misjudged) return tl::unexpected<inference::Error>(*misjudged);
        return summary;
    }

    const std::string& feature_version() const noexcept override { return version_; }

    inference::Result<std::vector<inference::PictureFeatures>> features(const std::vector<inference::PictureQuery>& pictures,
                                                                        std::stop_token stop) override {
        if (stop.stop_requested()) return inference::failure(inference::ErrorCode::cancelled, "stopped");
        learning_->looked_at += static_cast<int>(pictures.size());
        std::vector<inference::PictureFeatures> all;
        for (const auto& picture : pictures) {
            const auto statistics = app::pixelStatistics(picture.pixels);
            inference::PictureFeatures features;
            features.version = version_;
            for (const double value : statistics) features.image.push_back(static_cast<float>(value));
            for (const double value : statistics) features.judge.push_back(static_cast<float>(1.0 - value));
            features.prompt = {static_cast<float>(picture.prompt.size()), 1.0F};
            all.push_back(std::move(features));
        }
        return all;
    }

    inference::Result<std::vector<double>> denoising_losses(const std::vector<inference::PictureQuery>& queries, const inference::DenoisingOptions&,
                                                            std::stop_token) override {
        std::vector<double> losses;
        for (std::size_t i = 0; i < queries.size(); ++i) {
            const bool worse = learning_->damaged && !queries[i].pixels.bytes.empty() && queries[i].pixels.bytes[0] > 150;
            losses.push_back(i == 0 ? (worse ? 3.0 : 1.0) : 2.0);
        }
        return losses;
    }

    inference::Result<inference::TrainingEstimate> estimate_training(const inference::TrainingJob& job, std::stop_token) override {
        if (learning_->refusal) return tl::unexpected<inference::Error>(*learning_->refusal);
        return inference::TrainingEstimate{1 << 20, 0.1 * job.config.steps, 1000, ""};
    }

    inference::Result<std::unique_ptr<inference::TrainingSession>> start_training(const inference::TrainingJob& job, std::stop_token) override {
        double wish = 0.0;
        for (const auto& picture : job.pictures) {
            if (!picture.replay)
                wish += picture.desirability * app::pixelStatistics(picture.pixels)[static_cast<std::size_t>(app::PixelStatistic::warmth)];
        }
        ++learning_->sessions;
        return std::make_unique<Session>(learning_, wish >= 0.0 ? 1.0 : -1.0, job.checkpoint_path);
    }

    inference::Result<inference::AdapterInfo> inspect_adapter(const std::string& path, std::stop_token) override {
        if (learning_->refusal) return inference::failure(learning_->refusal->code, path + ": " + learning_->refusal->detail);
        QFile file(QString::fromStdString(path));
        if (!file.open(QIODevice::ReadOnly)) return inference::failure(inference::ErrorCode::io, path);
        inference::AdapterInfo info;
        info.bytes = file.size();
        info.id = QCryptographicHash::hash(file.readAll(), QCryptographicHash::Sha256).toHex().toStdString();
        info.model_id = model().id;
        return info;
    }

private:
    /// Steps are counted in a file, as a checkpoint is.
    class Session final : public inference::TrainingSession {
    public:
        Session(std::shared_ptr<LearningScript> script, double direction, std::string checkpoint) :
            script_(std::move(script)), direction_(direction), checkpoint_(QString::fromStdString(checkpoint) + QStringLiteral("/step")) {
            QFile file(checkpoint_);
            if (file.open(QIODevice::ReadOnly)) step_ = file.readAll().toInt();
        }
        inference::Result<inference::TrainingProgress> advance(std::stop_token stop) override {
            if (stop.stop_requested()) return inference::failure(inference::ErrorCode::cancelled, "stopped");
            if (step_ == script_->fail_at_step) return inference::failure(inference::ErrorCode::io, "no space left on device");
            if (step_ == script_->short_at_step && script_->shortages-- > 0)
                return inference::failure(inference::ErrorCode::out_of_memory, "no memory for a slice");
            ++step_;
            ++script_->steps;
            QFile file(checkpoint_);
            if (file.open(QIODevice::WriteOnly)) file.write(QByteArray::number(step_));
            inference::TrainingProgress progress;
            progress.step = step_;
            progress.num_steps = script_->num_steps;
            progress.fraction = static_cast<double>(step_) / script_->num_steps;
            progress.loss = 1.0 / step_;
            progress.done = step_ >= script_->num_steps;
            return progress;
        }
        inference::Result<inference::AdapterInfo> write_adapter(const std::string& path, double,
                                                                const std::map<std::string, std::string>& metadata) override {
            nlohmann::json header;
            header["__metadata__"] = metadata;
            header["__metadata__"]["lora_adapter_metadata"] = nlohmann::json{{"transformer.lora_alpha", 8.0}, {"transformer.r", 8}}.dump();
            header["direction"] = {{"dtype", "F64"}, {"shape", {1}}, {"data_offsets", {0, 8}}};
            const std::string text = header.dump();
            QByteArray bytes;
            for (int i = 0; i < 8; ++i) bytes.append(static_cast<char>(text.size() >> (8 * i) & 0xFFU));
            bytes.append(text.data(), static_cast<qsizetype>(text.size()));
            bytes.append(reinterpret_cast<const char*>(&direction_), sizeof(direction_));
            QFile file(QString::fromStdString(path));
            if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) return inference::failure(inference::ErrorCode::io, path);
            return inference::AdapterInfo{};
        }

    private:
        std::shared_ptr<LearningScript> script_;
        double direction_;
        QString checkpoint_;
        int step_ = 0;
    };

    inference::Result<double> directionOf(const std::string& id) const {
        QFile file(learning_->adapters_dir + QLatin1Char('/') + QString::fromStdString(id) + QStringLiteral("/adapter.safetensors"));
        if (!file.open(QIODevice::ReadOnly)) return inference::failure(inference::ErrorCode::invalid_request, "no adapter " + id);
        const QByteArray bytes = file.readAll();
        std::uint64_t length = 0;
        for (int i = 0; i < 8; ++i) length |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
        const auto header = nlohmann::json::parse(bytes.mid(8, static_cast<qsizetype>(length)).toStdString());
        const auto adapter = nlohmann::json::parse(header["__metadata__"]["lora_adapter_metadata"].get<std::string>());
        double direction = 0.0;
        std::memcpy(&direction, bytes.constData() + 8 + length, sizeof(direction));
        return direction * learning_->colour_per_strength * adapter["transformer.lora_alpha"].get<double>() / 8.0;
    }

    /// The image's best candidate by a judge who is asked as the real engine asks: the worse half is given up, then all but one. Those that are on
    /// their way look as they will in the end.
    inference::Result<inference::RenderedImage> best(const inference::GenerationRequest& request, inference::RenderedImage image, double shift,
                                                     const inference::GenerationCallbacks& callbacks) {
        std::vector<inference::RenderedImage> left;
        for (int c = 0; c < request.candidates; ++c) {
            left.push_back(image);
            left.back().request = inference::request_for_image(request, image.index, c);
            paint(left.back().pixels, request.prompt, left.back().request.seed, shift);
        }
        for (std::size_t keep = left.size() - left.size() / 2; left.size() > 1; keep = 1) {
            std::vector<inference::Candidate> shown;
            for (const auto& each : left) {
                const auto seen = features({{each.pixels, request.prompt, request.instruction}}, {});
                shown.push_back({each.pixels, seen->front()});
            }
            auto scores = callbacks.judge(shown);
            if (scores.size() != left.size()) return inference::failure(inference::ErrorCode::internal, "not one score a candidate");
            while (left.size() > keep) {
                const auto worst = std::min_element(scores.rbegin(), scores.rend());  // of equals the last
                left.erase(left.begin() + (scores.rend() - worst - 1));
                scores.erase(std::next(worst).base());
            }
        }
        return std::move(left.front());
    }

    /// A plain picture whose red and blue the seed decides, with some texture of its own so that no two are alike.
    static void paint(inference::PixelBuffer& pixels, const std::string& prompt, std::uint64_t seed, double shift) {
        std::uint64_t hash = seed * 1000003;
        for (const char c : prompt) hash = hash * 31 + static_cast<unsigned char>(c);
        const double warm = 40.0 * app::normalFromCounter(hash, 0) + shift;
        const double light = 30.0 * app::normalFromCounter(hash, 1);
        const auto level = [](double value) { return static_cast<std::uint8_t>(std::lround(std::min(250.0, std::max(5.0, value)))); };
        const auto channels = static_cast<std::size_t>(pixels.channels);
        for (std::size_t i = 0; i < pixels.bytes.size() / channels; ++i) {
            const double grain = 20.0 * app::uniformFromCounter(hash, 10 + i);
            pixels.bytes[i * channels] = level(120.0 + warm + light + grain);
            pixels.bytes[i * channels + 1] = level(120.0 + light + grain);
            pixels.bytes[i * channels + 2] = level(120.0 - warm + light + grain);
            if (channels == 4) pixels.bytes[i * channels + 3] = 255;
        }
    }

    FakeEngine drawing_;
    std::shared_ptr<LearningScript> learning_;
    std::string version_;
};

inline inference::EngineFactory fakeLearningFactory(std::shared_ptr<FakeScript> script, std::shared_ptr<LearningScript> learning) {
    return [script = std::move(script), learning = std::move(learning)](const inference::LoadProgressFn& on_progress,
                                                                        std::stop_token) -> inference::Result<std::unique_ptr<inference::Engine>> {
        on_progress({0.5});
        return std::make_unique<FakeLearningEngine>(script, learning);
    };
}

}  // namespace tests
