// SPDX-License-Identifier: Apache-2.0
// Checkpoints of the reference trainer (trainer.pt.zst, made by make_trainer_checkpoint.py) become safetensors.
#include "inference/import/trainer_checkpoint.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "inference/import/zstd_stream.h"
#include "inference/weights/checkpoint.h"
#include "tests/weights/weights_folder.h"

namespace {

using inference::convert_trainer_checkpoint;
using inference::ErrorCode;
using tests::expect_refused;

const std::string packed_fixture = FUSELIGHT_FIXTURES "/trainer.pt.zst";

std::string bytes_of(const std::string& path) { return inference::FileReader::open(path)->read_text(1 << 20); }

std::string unpacked_fixture() {
    std::string bytes;
    inference::unpack_zstd(*inference::FileReader::open(packed_fixture), 1 << 20,
                           [&](std::span<const std::byte> part) { bytes.append(reinterpret_cast<const char*>(part.data()), part.size()); }, {});
    return bytes;
}

class Import : public tests::WeightsFolder {
protected:
    Import() { std::filesystem::create_directory(path("transformer")); }

    inference::ConvertSummary convert(const std::string& checkpoint, const inference::ConvertOptions& options = {}) {
        return convert_trainer_checkpoint(checkpoint, path("transformer"), options, {}, {});
    }
    /// Converts an altered archive; nothing may be left in the folder.
    void expect_archive_refused(const std::string& bytes, ErrorCode code, const std::vector<std::string>& words) {
        write("altered.pt", bytes);
        auto all = words;
        all.push_back(path("altered.pt"));
        expect_refused([&] { convert(path("altered.pt")); }, code, all);
        EXPECT_TRUE(std::filesystem::is_empty(path("transformer")));
    }
    void expect_fixtures_tensors(const std::optional<torch::ScalarType>& dtype) {
        const inference::SafetensorsFile expected(FUSELIGHT_FIXTURES "/trainer.safetensors");
        const inference::Checkpoint made(path("transformer"), "model");
        EXPECT_EQ(made.names().size(), expected.entries().size());
        for (const auto& [name, entry] : expected.entries()) {
            EXPECT_EQ(made.entry(name).dtype, dtype.value_or(entry.dtype)) << name;
            const auto loaded = made.load(name, entry.shape, {torch::kCPU, dtype.value_or(torch::kFloat32)});
            EXPECT_TRUE(at::equal(loaded, expected.read(name).to(loaded.scalar_type()))) << name;
        }
    }
};

TEST_F(Import, packedCheckpointBecomesTheTrainersTensorsUnderTheirOwnNames) {
    std::vector<double> fractions;
    const auto summary = convert_trainer_checkpoint(packed_fixture, path("transformer"), {}, [&](double f) { fractions.push_back(f); }, {});
    EXPECT_EQ(summary.tensors, 7u);
    EXPECT_EQ(summary.parameters, 48 + 20 + 40 + 5 + 3 + 3 + 1);
    EXPECT_EQ(summary.files, std::vector<std::string>{path("transformer/model.safetensors")});
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
    EXPECT_EQ(fractions.back(), 1.0);
    expect_fixtures_tensors({});
}

TEST_F(Import, unpackedCheckpointIsReadToo) {
    write("trainer.pt", unpacked_fixture());
    convert(path("trainer.pt"));
    expect_fixtures_tensors({});
}

TEST_F(Import, tensorsAreCastAndCutIntoShardsWithAnIndex) {
    const auto summary = convert(packed_fixture, {torch::kBFloat16, 100});
    EXPECT_GT(summary.files.size(), 2u);
    EXPECT_TRUE(std::filesystem::exists(path("transformer/model.safetensors.index.json")));
    expect_fixtures_tensors(torch::kBFloat16);
}

TEST_F(Import, folderThatHoldsAModelIsLeftAlone) {
    write("transformer/model.safetensors", std::string("kept"));
    expect_refused([&] { convert(packed_fixture); }, ErrorCode::invalid_request, {path("transformer/model.safetensors")});
    EXPECT_EQ(bytes_of(path("transformer/model.safetensors")), "kept");
}

TEST_F(Import, damagedPackagesAreSentences) {
    const auto packed = bytes_of(packed_fixture);
    expect_archive_refused(packed.substr(0, packed.size() / 2), ErrorCode::corrupt_file, {"middle of its packed data"});
    auto flipped = packed;
    flipped[packed.size() / 2] = static_cast<char>(flipped[packed.size() / 2] ^ 0x5a);
    write("altered.pt", flipped);
    EXPECT_EQ(tests::error_of([&] { convert(path("altered.pt")); }).code, ErrorCode::corrupt_file);
    expect_refused([&] { convert(packed_fixture, {{}, 1000, 500}); }, ErrorCode::corrupt_file, {packed_fixture, "more than 500 bytes"});
}

TEST_F(Import, damagedArchivesAreSentences) {
    const auto archive = unpacked_fixture();
    expect_archive_refused("not an archive at all, but long enough to be one", ErrorCode::corrupt_file, {"torch.save"});
    expect_archive_refused(archive.substr(0, archive.size() - 30), ErrorCode::corrupt_file, {"torch.save"});
    expect_archive_refused(archive.substr(200), ErrorCode::corrupt_file, {"archive"});
    auto packed_member = archive;
    packed_member[packed_member.rfind("PK\x01\x02") + 10] = 8;  // method: deflated
    expect_archive_refused(packed_member, ErrorCode::unsupported_model, {"packed or encrypted"});
    auto renamed = archive;
    for (auto at = renamed.find("data.pkl"); at != std::string::npos; at = renamed.find("data.pkl", at)) renamed.replace(at, 8, "code.pkl");
    expect_archive_refused(renamed, ErrorCode::unsupported_model, {"data.pkl"});
}

TEST_F(Import, storagesThatLieAboutTheirSizeAreNamed) {
    auto archive = unpacked_fixture();
    const auto at = archive.find("K\x44t");  // 68 elements of the first storage
    ASSERT_NE(at, std::string::npos);
    archive[at + 1] = 67;
    expect_archive_refused(archive, ErrorCode::corrupt_file, {"mlp.up_proj.weight", "272 bytes"});
}

TEST_F(Import, tensorsThatReachBeyondTheirStorageAreNamed) {
    auto archive = unpacked_fixture();
    const auto at = archive.find("K\x06K\x08\x86");  // 6 rows
    ASSERT_NE(at, std::string::npos);
    archive[at + 1] = 7;
    expect_archive_refused(archive, ErrorCode::corrupt_file, {"mlp.up_proj.weight", "does not lie in its data"});
}

TEST_F(Import, notANumberIsFoundAndNamed) {
    auto archive = unpacked_fixture();
    const float nan = std::nanf("");
    const auto scalar = 1.5f;
    std::string needle(reinterpret_cast<const char*>(&scalar), 4);
    const auto at = archive.find(needle);
    ASSERT_NE(at, std::string::npos);
    std::memcpy(archive.data() + at, &nan, 4);
    expect_archive_refused(archive, ErrorCode::corrupt_file, {"\"scalar\"", "NaN"});
}

TEST_F(Import, codeInThePickleIsRefusedByName) {
    auto archive = unpacked_fixture();
    const auto at = archive.find("torch._utils\n_rebuild_parameter");
    ASSERT_NE(at, std::string::npos);
    archive.replace(at, 12, "posix.system");
    expect_archive_refused(archive, ErrorCode::unsupported_model, {"posix.system _rebuild_parameter"});
}

TEST_F(Import, cancelledImportLeavesNothing) {
    std::stop_source stop;
    EXPECT_EQ(tests::error_of([&] {
                  convert_trainer_checkpoint(
                      packed_fixture, path("transformer"), {},
                      [&](double f) {
                          if (f > 0.6) stop.request_stop();
                      },
                      stop.get_token());
              }).code,
              ErrorCode::cancelled);
    EXPECT_TRUE(std::filesystem::is_empty(path("transformer")));
}

}  // namespace
