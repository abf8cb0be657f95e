// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/file_hash.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "inference/core/exception.h"
#include "inference/weights/file_reader.h"

namespace inference {
namespace {

class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
        if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) fail_digest();
    }
    void update(const void* data, std::size_t size) {
        if (EVP_DigestUpdate(context_.get(), data, size) != 1) fail_digest();
    }
    std::string hex() {
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        if (EVP_DigestFinal_ex(context_.get(), digest, &size) != 1) fail_digest();
        std::string text;
        for (unsigned i = 0; i < size; ++i) {
            char pair[3];
            std::snprintf(pair, sizeof pair, "%02x", digest[i]);
            text += pair;
        }
        return text;
    }

private:
    [[noreturn]] static void fail_digest() { fail(ErrorCode::internal, "SHA-256 is not available in this libcrypto"); }
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

/// Changes whenever the file does: path, size, modification time in nanoseconds, device and inode.
std::string stat_key(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) return {};
    return path + "|" + std::to_string(status.st_size) + "|" + std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec) +
        "|" + std::to_string(status.st_dev) + "|" + std::to_string(status.st_ino);
}

constexpr std::size_t max_entries = 256;
constexpr std::size_t chunk_bytes = 1u << 20;

}  // namespace

std::string sha256_of_text(const std::string& text) {
    Sha256 hash;
    hash.update(text.data(), text.size());
    return hash.hex();
}

std::string sha256_of(const FileReader& file, const std::stop_token& stop) {
    Sha256 hash;
    std::vector<std::byte> chunk(std::min(chunk_bytes, file.size()));
    for (std::size_t at = 0; at < file.size(); at += chunk.size()) {
        throw_if_stopped(stop);
        const auto part = std::span(chunk).first(std::min(chunk.size(), file.size() - at));
        file.read(at, part);
        hash.update(part.data(), part.size());
    }
    return hash.hex();
}

std::string sha256_of_file(const std::string& path, const std::stop_token& stop) { return sha256_of(*FileReader::open(path), stop); }

FileHashCache::FileHashCache(std::string cache_path) {
    if (cache_path.empty()) return;
    file_ = std::move(cache_path) + "/file-hashes.json";
    std::ifstream in(file_);
    const auto json = nlohmann::json::parse(in, nullptr, false);
    if (!json.is_object() || json.size() > max_entries) return;
    for (const auto& [key, hash] : json.items()) {
        if (hash.is_string() && hash.get_ref<const std::string&>().size() == 64) entries_.emplace_back(key, hash.get<std::string>());
    }
}

std::string FileHashCache::sha256(const std::string& path, const std::stop_token& stop) {
    const auto key = stat_key(path);
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) { return entry.first == key; });
    if (!key.empty() && found != entries_.end()) return found->second;
    auto hash = sha256_of_file(path, stop);
    if (stat_key(path) != key) fail(ErrorCode::corrupt_file, path + ": changed while it was read");
    const auto prefix = path + "|";  // an older version of the same file is of no use any more
    std::erase_if(entries_, [&](const auto& entry) { return entry.first.rfind(prefix, 0) == 0; });
    if (entries_.size() >= max_entries) entries_.erase(entries_.begin());
    entries_.emplace_back(key, hash);
    changed_ = true;
    return hash;
}

void FileHashCache::save() const noexcept {
    if (file_.empty() || !changed_) return;
    try {
        std::filesystem::create_directories(std::filesystem::path(file_).parent_path());
        const std::string temporary = file_ + "." + std::to_string(getpid());
        {
            std::ofstream out(temporary);
            out << nlohmann::json(nlohmann::json::object_t(entries_.begin(), entries_.end())).dump(1) << '\n';
            if (!out.flush()) return;
        }
        std::filesystem::rename(temporary, file_);
    } catch (const std::exception&) {
        // Next start hashes again.
    }
}

}  // namespace inference
