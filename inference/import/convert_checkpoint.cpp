// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "inference/core/exception.h"
#include "inference/import/trainer_checkpoint.h"
#include "inference/import/zstd_stream.h"
#include "inference/weights/file_reader.h"
#include "inference/weights/sharded_writer.h"

namespace inference {
namespace {

constexpr double unpacked_fraction = 0.5;  ///< of the progress, for a packed checkpoint

/// A file without a name: whatever happens, nothing of it stays.
class NamelessFile {
public:
    explicit NamelessFile(const std::string& folder) : folder_(folder), descriptor_(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) {
        if (descriptor_ >= 0) return;
        if (errno != EOPNOTSUPP && errno != EISDIR) fail_with_errno();  // some file systems have no such files
        std::string name = folder + "/.unpacked-XXXXXX";
        descriptor_ = mkostemp(name.data(), O_CLOEXEC);
        if (descriptor_ < 0) fail_with_errno();
        unlink(name.c_str());
    }
    ~NamelessFile() {
        if (descriptor_ >= 0) close(descriptor_);
    }
    NamelessFile(const NamelessFile&) = delete;
    NamelessFile& operator=(const NamelessFile&) = delete;

    void write(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const auto written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail_with_errno();
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    }
    /// @param path  for messages.
    std::shared_ptr<const ByteSource> read_back(const std::string& path) { return FileReader::adopt(path, std::exchange(descriptor_, -1)); }

private:
    [[noreturn]] void fail_with_errno() const { fail(ErrorCode::io, folder_ + ": cannot unpack into it (" + std::strerror(errno) + ")"); }

    std::string folder_;
    int descriptor_;
};

std::shared_ptr<const ByteSource> open_checkpoint(const std::string& path, const std::string& scratch_folder, const ConvertOptions& options,
                                                  const std::stop_token& stop) {
    std::shared_ptr<const ByteSource> packed = FileReader::open(path);
    if (!is_zstd(*packed)) return packed;
    NamelessFile unpacked(scratch_folder);
    unpack_zstd(
        *packed, options.max_unpacked_bytes, [&](std::span<const std::byte> bytes) { unpacked.write(bytes); }, stop);
    return unpacked.read_back(path);
}

void require_no_model(const std::string& folder) {
    for (const auto* name : {"/model.safetensors", "/model.safetensors.index.json"}) {
        struct stat status {};
        if (stat((folder + name).c_str(), &status) == 0) fail(ErrorCode::invalid_request, folder + name + " is there already");
    }
}

}  // namespace

ConvertSummary convert_trainer_checkpoint(const std::string& path, const std::string& folder, const ConvertOptions& options,
                                          const std::function<void(double)>& on_fraction, const std::stop_token& stop) {
    const auto report = [&](double fraction) {
        throw_if_stopped(stop);
        if (on_fraction) on_fraction(fraction);
    };
    report(0.0);
    require_no_model(folder);  // before hours of unpacking
    const TrainerCheckpoint checkpoint(open_checkpoint(path, folder, options, stop));
    report(unpacked_fraction);
    if (options.check) options.check(checkpoint.tensors());
    std::vector<SafetensorsWriter::Declaration> declarations;
    for (const auto& [name, tensor] : checkpoint.tensors()) declarations.push_back({name, options.dtype.value_or(tensor.dtype), tensor.shape});
    ShardedWriter writer(folder, "model", declarations, options.max_shard_bytes);
    ConvertSummary summary;
    for (const auto& declaration : declarations) {
        writer.append(checkpoint.read(declaration.name).to(declaration.dtype));
        summary.tensors += 1;
        summary.parameters += static_cast<std::int64_t>(declaration.bytes() / c10::elementSize(declaration.dtype));
        report(unpacked_fraction + (1 - unpacked_fraction) * static_cast<double>(summary.tensors) / static_cast<double>(declarations.size()));
    }
    writer.finish();
    summary.bytes = writer.bytes();
    summary.files = writer.files();
    return summary;
}

}  // namespace inference
