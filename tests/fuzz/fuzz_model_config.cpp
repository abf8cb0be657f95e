// SPDX-License-Identifier: Apache-2.0
// The first byte chooses which of a pipeline's four configs the rest of the input is; the others are sound.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "inference/core/exception.h"
#include "inference/model/model_config.h"

namespace {

constexpr const char* files[] = {"model_index.json", "transformer/config.json", "vae/config.json", "scheduler/scheduler_config.json"};

/// A pipeline's configs, copied once; gone with the process.
class ConfigFolder {
public:
    ConfigFolder() {
        const bool in_memory = std::filesystem::is_directory("/dev/shm");
        std::string name = std::string(in_memory ? "/dev/shm" : "/tmp") + "/fuselight-fuzz-XXXXXX";
        path_ = mkdtemp(name.data());
        for (const auto* file : files) {
            std::filesystem::create_directories(std::filesystem::path(path_ + "/" + file).parent_path());
            std::filesystem::copy_file(std::string(FUSELIGHT_STARTER) + "/" + file, path_ + "/" + file);
        }
    }
    ~ConfigFolder() { std::filesystem::remove_all(path_); }

    void read_with(const char* file, const std::string& text) const {
        const auto path = path_ + "/" + file, sound = path + ".sound";
        std::filesystem::rename(path, sound);
        std::ofstream(path, std::ios::binary) << text;
        try {
            inference::read_pipeline_config(path_);
        } catch (const inference::Exception&) {
        }
        std::filesystem::rename(sound, path);
    }

private:
    std::string path_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const ConfigFolder folder;
    if (size == 0) return 0;
    folder.read_with(files[data[0] % 4], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
    return 0;
}
