// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/sharded_writer.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "inference/core/exception.h"

namespace inference {
namespace {

using Declaration = SafetensorsWriter::Declaration;

std::string shard_name(const std::string& stem, std::size_t index, std::size_t count) {
    if (count == 1) return stem + ".safetensors";
    char numbers[48];
    std::snprintf(numbers, sizeof numbers, "-%05zu-of-%05zu.safetensors", index + 1, count);
    return stem + numbers;
}

void require_absent(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0) fail(ErrorCode::invalid_request, path + " is there already");
}

}  // namespace

ShardedWriter::ShardedWriter(std::string folder, std::string stem, const std::vector<Declaration>& declarations, std::int64_t max_shard_bytes) :
    folder_(std::move(folder)), stem_(std::move(stem)) {
    const auto single = folder_ + "/" + stem_ + ".safetensors";
    require_absent(single);
    require_absent(single + ".index.json");
    shards_.emplace_back();
    std::int64_t shard_bytes = 0;
    for (const auto& declaration : declarations) {
        const auto size = static_cast<std::int64_t>(declaration.bytes());
        if (shard_bytes + size > max_shard_bytes && !shards_.back().empty()) {
            shards_.emplace_back();
            shard_bytes = 0;
        }
        shard_bytes += size;
        bytes_ += size;
        shards_.back().push_back(declaration);
    }
    for (std::size_t i = 0; i < shards_.size(); ++i) files_.push_back(folder_ + "/" + shard_name(stem_, i, shards_.size()));
    open_next();
}

ShardedWriter::~ShardedWriter() {
    if (finished_) return;
    for (std::size_t i = 0; i + 1 < next_; ++i) unlink(files_[i].c_str());
}

void ShardedWriter::open_next() {
    writer_.emplace(files_.at(next_), shards_[next_]);
    ++next_;
}

void ShardedWriter::append(const torch::Tensor& part) {
    if (writer_->complete()) {
        writer_->finish();
        open_next();
    }
    writer_->append(part);
}

void ShardedWriter::finish() {
    writer_->finish();
    TORCH_CHECK(next_ == shards_.size(), "safetensors: fewer tensors than declared");
    if (shards_.size() > 1) write_index();
    finished_ = true;
}

void ShardedWriter::write_index() const {
    nlohmann::ordered_json weight_map = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < shards_.size(); ++i) {
        for (const auto& declaration : shards_[i]) weight_map[declaration.name] = shard_name(stem_, i, shards_.size());
    }
    const nlohmann::ordered_json index = {{"metadata", {{"total_size", bytes_}}}, {"weight_map", std::move(weight_map)}};
    const auto text = index.dump(2) + "\n";
    AtomicFile file(folder_ + "/" + stem_ + ".safetensors.index.json");
    file.write(text.data(), text.size());
    file.publish();
}

}  // namespace inference
