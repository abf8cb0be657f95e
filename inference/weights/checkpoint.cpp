// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/checkpoint.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <sstream>

#include "inference/core/exception.h"
#include "inference/weights/weight_index.h"

namespace inference {
namespace {

std::string shape_text(at::IntArrayRef shape) {
    std::ostringstream text;
    text << shape;
    return text.str();
}

/// Whether the path leads to something; a path that cannot be followed is not the same as an absent one.
bool is_there(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    fail(ErrorCode::io, path + ": " + std::strerror(errno));
}

}  // namespace

Checkpoint::Checkpoint(const std::string& folder, const std::string& stem) : folder_(folder) {
    const std::string single = folder + "/" + stem + ".safetensors";
    const std::string index = single + ".index.json";
    if (!is_there(index)) {
        add(single, nullptr);
        return;
    }
    const auto weight_map = read_weight_index(index);
    std::set<std::string> shards;
    for (const auto& [name, shard] : weight_map) shards.insert(shard);
    for (const auto& shard : shards) {
        const auto path = folder + "/" + shard;
        if (!is_there(path)) fail(ErrorCode::model_not_found, index + ": weight_map names " + shard + ", which is not in the folder");
        add(path, &weight_map);
    }
    for (const auto& [name, shard] : weight_map) {
        if (!has(name)) fail(ErrorCode::corrupt_file, index + ": tensor \"" + name + "\" is not in " + shard);
    }
}

void Checkpoint::add(const std::string& path, const std::map<std::string, std::string>* weight_map) {
    auto file = std::make_shared<const SafetensorsFile>(path);
    const auto file_name = std::filesystem::path(path).filename().string();
    for (const auto& [name, entry] : file->entries()) {
        if (weight_map != nullptr) {
            const auto listed = weight_map->find(name);
            if (listed == weight_map->end()) fail(ErrorCode::corrupt_file, path + ": tensor \"" + name + "\" is not in the index");
            if (listed->second != file_name) {
                fail(ErrorCode::corrupt_file, path + ": tensor \"" + name + "\" is also in " + listed->second + " as the index says");
            }
        }
        files_.emplace(name, file);
    }
    paths_.push_back(path);
}

std::vector<std::string> Checkpoint::names() const {
    std::vector<std::string> names;
    for (const auto& [name, file] : files_) names.push_back(name);
    return names;
}

const SafetensorsFile& Checkpoint::file_of(const std::string& name) const {
    const auto found = files_.find(name);
    if (found == files_.end()) fail(ErrorCode::corrupt_file, folder_ + ": tensor \"" + name + "\" is missing");
    return *found->second;
}

const TensorEntry& Checkpoint::entry(const std::string& name) const { return file_of(name).entries().at(name); }

const SafetensorsFile& Checkpoint::require_shape(const std::string& name, at::IntArrayRef shape) const {
    const auto& file = file_of(name);
    const auto& stored = file.entries().at(name).shape;
    if (at::IntArrayRef(stored) != shape) {
        fail(ErrorCode::corrupt_file,
             file.path() + ": tensor \"" + name + "\" is " + shape_text(stored) + " where the config asks for " + shape_text(shape));
    }
    return file;
}

torch::Tensor Checkpoint::load(const std::string& name, at::IntArrayRef shape, const Placement& placement) const {
    const auto& file = require_shape(name, shape);
    if (!placement.on_cpu()) return file.read(name).to(placement.device, placement.dtype);
    auto tensor = torch::empty(shape, torch::TensorOptions().dtype(placement.dtype));
    file.read_into(name, tensor);
    return tensor;
}

void Checkpoint::load_into(const std::string& name, const torch::Tensor& target) const {
    require_shape(name, target.sizes()).read_into(name, target);
}

torch::Tensor Checkpoint::load_rows(const std::string& name, at::IntArrayRef shape, std::span<const std::int64_t> rows) const {
    return require_shape(name, shape).read_rows(name, rows);
}

void Checkpoint::will_need(std::string_view prefix) const {
    for (auto at = files_.lower_bound(std::string(prefix)); at != files_.end() && at->first.starts_with(prefix); ++at) {
        const auto& entry = at->second->entries().at(at->first);
        at->second->file().will_need(entry.begin, entry.size);
    }
}

}  // namespace inference
