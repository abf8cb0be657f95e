// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/training_checkpoint.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "inference/core/exception.h"
#include "inference/weights/file_hash.h"
#include "inference/weights/safetensors.h"

namespace inference {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kept = 2;
constexpr const char* prefix = "checkpoint-";
constexpr const char* suffix = ".safetensors";
constexpr int format_version = 1;
constexpr int most_threads = 4096;  ///< of a file that may be damaged

std::string file_name(int step) {
    char name[64];
    std::snprintf(name, sizeof name, "%s%08d%s", prefix, step, suffix);
    return name;
}

/// Names of a folder that begin as ours do, the newest first; `whole`: those that were written to their end.
std::vector<std::string> names_in(const std::string& folder, bool whole) {
    std::error_code error;
    std::vector<std::string> names;
    fs::directory_iterator entries(folder, error);
    if (error == std::errc::no_such_file_or_directory) return names;
    if (error) fail(ErrorCode::io, folder + ": " + error.message());
    for (const auto& entry : entries) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(prefix) && name.ends_with(suffix) == whole) names.push_back(name);
    }
    std::sort(names.rbegin(), names.rend());
    return names;
}

std::string hash_of(const OptimiserState& state) {
    std::string bytes;
    for (const auto* vector : {&state.parameters, &state.first_moment, &state.second_moment, &state.average}) {
        bytes.append(static_cast<const char*>(vector->const_data_ptr()), vector->nbytes());
    }
    return sha256_of_text(bytes);
}

template <typename T> T number(const nlohmann::json& json, const char* key) {
    if (!json.contains(key) || !json[key].is_number()) fail(ErrorCode::corrupt_file, std::string("lacks ") + key);
    return json[key].get<T>();
}

}  // namespace

CheckpointFolder::CheckpointFolder(std::string path, std::string job, std::int64_t parameters) :
    path_(std::move(path)), job_(std::move(job)), parameters_(parameters) {}

std::optional<TrainingCheckpoint> CheckpointFolder::read() const {
    for (const auto& name : names_in(path_, true)) {
        try {
            return read_file(path_ + "/" + name);
        } catch (const Exception& error) {
            if (error.error().code != ErrorCode::corrupt_file && error.error().code != ErrorCode::model_not_found) throw;
            // The one before it is older, and the run comes to the same.
        }
    }
    return std::nullopt;
}

TrainingCheckpoint CheckpointFolder::read_file(const std::string& path) const {
    const SafetensorsFile file(path);
    const auto corrupt = [&](const std::string& what) { fail(ErrorCode::corrupt_file, path + ": " + what); };
    const auto text = file.metadata().find("state");
    const auto json = text == file.metadata().end() ? nlohmann::json() : nlohmann::json::parse(text->second, nullptr, false);
    if (!json.is_object() || json.value("version", 0) != format_version) corrupt("is no checkpoint of this version");
    if (json.value("job", std::string()) != job_) fail(ErrorCode::invalid_request, path_ + ": holds the checkpoints of another training job");
    TrainingCheckpoint checkpoint;
    auto& state = checkpoint.state;
    const std::pair<const char*, torch::Tensor*> vectors[] = {{"parameters", &state.parameters},
                                                              {"first_moment", &state.first_moment},
                                                              {"second_moment", &state.second_moment},
                                                              {"average", &state.average}};
    for (const auto& [name, vector] : vectors) {
        const auto entry = file.entries().find(name);
        const bool fits =
            entry != file.entries().end() && entry->second.dtype == torch::kFloat32 && entry->second.shape == std::vector<std::int64_t>{parameters_};
        if (!fits) corrupt(std::string(name) + " is missing or of another size");
        *vector = file.read(name);
    }
    state.step = number<int>(json, "step");
    checkpoint.setup.micro_batch = number<std::int64_t>(json, "micro_batch");
    checkpoint.setup.max_side = number<int>(json, "max_side");
    checkpoint.setup.threads = std::clamp(json.value("threads", 0), 0, most_threads);
    checkpoint.setup.memory = {json.value("keep_activations", true), json.value("keep_transposed_weights", true)};
    checkpoint.setup.measures = json.value("measures", std::string());
    checkpoint.loss = number<double>(json, "loss");
    checkpoint.keep_loss = number<double>(json, "keep_loss");
    checkpoint.drift_moved = number<double>(json, "drift_moved");
    checkpoint.drift_error = number<double>(json, "drift_error");
    if (json.value("sha256", std::string()) != hash_of(state)) corrupt("is damaged (its hash differs)");
    if (state.step < 0 || checkpoint.setup.micro_batch < 1 || checkpoint.setup.max_side < 1) corrupt("its numbers are out of bounds");
    return checkpoint;
}

void CheckpointFolder::write(const TrainingCheckpoint& checkpoint) const {
    std::error_code error;
    fs::create_directories(path_, error);
    if (error) fail(ErrorCode::io, path_ + ": " + error.message());
    const auto& state = checkpoint.state;
    const nlohmann::json json = {{"version", format_version},
                                 {"job", job_},
                                 {"step", state.step},
                                 {"micro_batch", checkpoint.setup.micro_batch},
                                 {"max_side", checkpoint.setup.max_side},
                                 {"threads", checkpoint.setup.threads},
                                 {"keep_activations", checkpoint.setup.memory.keep_activations},
                                 {"keep_transposed_weights", checkpoint.setup.memory.keep_transposed_weights},
                                 {"measures", checkpoint.setup.measures},
                                 {"loss", checkpoint.loss},
                                 {"keep_loss", checkpoint.keep_loss},
                                 {"drift_moved", checkpoint.drift_moved},
                                 {"drift_error", checkpoint.drift_error},
                                 {"sha256", hash_of(state)}};
    write_safetensors(
        path_ + "/" + file_name(state.step),
        {{"parameters", state.parameters}, {"first_moment", state.first_moment}, {"second_moment", state.second_moment}, {"average", state.average}},
        {{"state", json.dump()}});
    const auto whole = names_in(path_, true);
    for (std::size_t i = kept; i < whole.size(); ++i) fs::remove(path_ + "/" + whole[i], error);
    for (const auto& rest : names_in(path_, false)) fs::remove(path_ + "/" + rest, error);  // of a process that was killed while it wrote
}

}  // namespace inference
