// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/safetensors.h"

#include <cstring>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "inference/core/memory.h"
#include "tests/inference/refusal.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temporary_folder.h"

namespace {

using inference::ErrorCode;
using inference::SafetensorsFile;
using tests::expect_refusal;

class Safetensors : public testing::Test {
protected:
    /// A file with this header text and `data_size` bytes of data.
    std::string with_header(const std::string& header, std::size_t data_size = 64) const { return with_claim(header.size(), header, data_size); }
    std::string with_claim(std::uint64_t claimed, const std::string& header, std::size_t data_size) const {
        std::string text(8, '\0');
        std::memcpy(text.data(), &claimed, 8);
        return folder_.write("test.safetensors", text + header + std::string(data_size, '\0'));
    }
    /// One tensor "t".
    std::string with_tensor(const std::string& dtype, const std::string& shape, const std::string& offsets, std::size_t data_size = 64) const {
        return with_header(R"({"t":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}", data_size);
    }
    template <typename... Words> void expect_corrupt(const std::string& path, const Words&... words) const {
        expect_refusal(
            ErrorCode::corrupt_file, [&] { SafetensorsFile file(path); }, path, words...);
    }

    tests::TemporaryFolder folder_;
};

TEST_F(Safetensors, readsBackWhatItWrote) {
    const auto path = folder_.file("round.safetensors");
    std::map<std::string, torch::Tensor> tensors;
    for (const auto dtype : {torch::kFloat32, torch::kFloat16, torch::kBFloat16}) {
        tensors[std::string(c10::toString(dtype))] = at::randn({3, 5}).to(dtype);
    }
    tensors["scalar"] = torch::tensor(2.5f);
    tensors["empty"] = torch::empty({0, 4});
    tensors["transposed"] = at::randn({2, 3}).t();
    inference::write_safetensors(path, tensors);
    const SafetensorsFile file(path);
    ASSERT_EQ(file.entries().size(), tensors.size());
    for (const auto& [name, tensor] : tensors) {
        const auto read = file.read(name);
        EXPECT_EQ(read.scalar_type(), tensor.scalar_type()) << name;
        EXPECT_EQ(read.sizes(), tensor.sizes()) << name;
        EXPECT_TRUE(at::equal(read, tensor)) << name;
    }
}

TEST_F(Safetensors, keepsNamesOfAnyScript) {
    const auto path = folder_.file("names.safetensors");
    inference::write_safetensors(path, {{"가중치 \"1\"\n", torch::ones({1})}, {"", torch::zeros({1})}});
    const SafetensorsFile file(path);
    EXPECT_EQ(file.read("가중치 \"1\"\n").item<float>(), 1.0f);
    EXPECT_EQ(file.read("").item<float>(), 0.0f);
}

TEST_F(Safetensors, tensorOutlivesTheFile) {
    const auto path = folder_.file("alive.safetensors");
    inference::write_safetensors(path, {{"t", torch::full({1000}, 3.0)}});
    torch::Tensor view;
    {
        const SafetensorsFile file(path);
        view = file.read("t");
    }
    std::filesystem::remove(path);
    EXPECT_EQ(view.sum().item<float>(), 3000.0f);
}

TEST_F(Safetensors, readsOffsetsInAnyOrder) {
    const SafetensorsFile file(with_header(
        R"({"b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"format":"pt"}})",
        16));
    EXPECT_EQ(file.entries().size(), 2u);
    EXPECT_EQ(file.read("b").sizes(), (std::vector<std::int64_t>{2}));
}

TEST_F(Safetensors, readsTensorsThatAreNotAligned) {
    const SafetensorsFile file(
        with_header(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}})", 5));
    EXPECT_EQ(file.read("t").item<float>(), 0.0f);
}

TEST_F(Safetensors, handsOutFloatsOnly) {
    const SafetensorsFile file(with_tensor("I64", "[8]", "[0,64]"));
    expect_refusal(
        ErrorCode::corrupt_file, [&] { file.read("t"); }, "\"t\"", "F32");
    expect_refusal(
        ErrorCode::corrupt_file, [&] { file.read("u"); }, "\"u\"", "missing");
}

TEST_F(Safetensors, readsAFileWithoutTensors) { EXPECT_TRUE(SafetensorsFile(with_header("{}", 0)).entries().empty()); }

TEST_F(Safetensors, refusesAFileThatIsNotThere) {
    expect_refusal(
        ErrorCode::model_not_found, [&] { SafetensorsFile file(folder_.file("none")); }, "none");
    expect_refusal(ErrorCode::model_not_found, [&] { SafetensorsFile file(folder_.write("plain", "x") + "/inside"); });
}

TEST_F(Safetensors, refusesWhatIsNoRegularFile) {
    expect_corrupt(folder_.path(), "regular");
    const auto fifo = folder_.file("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    expect_corrupt(fifo, "regular");  // and does not wait for a writer
}

TEST_F(Safetensors, refusesEmptyAndShortFiles) {
    expect_corrupt(folder_.write("empty", ""), "empty");
    for (std::size_t size = 1; size < 8; ++size) expect_corrupt(folder_.write("short", std::string(size, '\0')), "short");
}

TEST_F(Safetensors, refusesAHeaderThatIsLongerThanTheFile) {
    for (const std::uint64_t claimed :
         {std::uint64_t{3}, std::uint64_t{1} << 20, std::uint64_t{1} << 31, std::uint64_t{1} << 63, ~std::uint64_t{0}}) {
        expect_corrupt(with_claim(claimed, "{}", 0), "header", std::to_string(claimed));
    }
    expect_corrupt(with_claim(0, "", 8), "header");
}

TEST_F(Safetensors, allocatesNothingForASizeThatIsOnlyClaimed) {
    const auto before = inference::peak_memory_bytes();
    expect_corrupt(with_claim(std::uint64_t{1} << 40, "{}", 0));
    expect_corrupt(with_tensor("F32", "[1099511627776]", "[0,4398046511104]"));
    expect_corrupt(with_tensor("F32", "[1099511627776]", "[0,64]"));
    EXPECT_LT(inference::peak_memory_bytes() - before, 64 << 20);
}

TEST_F(Safetensors, refusesAHeaderThatIsNoJsonObject) {
    for (const std::string header :
         {"", " ", "[]", "1", "null", "\"t\"", "{", "{\"t\":}", "{}x", "{\"t\":{\"dtype\":\"F32\"", "\xff\xfe{}", "{\"\xc3(\":1}"}) {
        expect_corrupt(with_header(header));
    }
    expect_corrupt(with_header("{\"\xed\xa0\x80\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"));  // a surrogate in a name
}

TEST_F(Safetensors, refusesAHugeBrokenHeaderInASentence) {
    const std::string name(5'000'000, 'x');
    expect_corrupt(with_header("{\"" + name));
    expect_corrupt(with_header("{\"" + name + "\":1}"));
}

TEST_F(Safetensors, refusesDeepNesting) {
    expect_corrupt(with_header(std::string(100'000, '[')));
    std::string objects;
    for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
    expect_corrupt(with_header(objects));
    expect_corrupt(with_header(R"({"t":{"dtype":"F32","shape":[[[[[[1]]]]]],"data_offsets":[0,4]}})"));
}

TEST_F(Safetensors, refusesANameThatComesTwice) {
    const std::string entry = R"({"dtype":"F32","shape":[1],"data_offsets":[0,4]})", other = R"({"dtype":"F32","shape":[1],"data_offsets":[4,8]})";
    expect_corrupt(with_header(R"({"t":)" + entry + R"(,"t":)" + other + "}"), "\"t\"", "twice");
    expect_corrupt(with_header(R"({"t":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}})"), "dtype", "twice");
    // Two tensors have fields of the same name, which is no doubling.
    EXPECT_EQ(SafetensorsFile(with_header(R"({"t":)" + entry + R"(,"u":)" + other + "}")).entries().size(), 2u);
}

TEST_F(Safetensors, refusesEntriesWithMissingOrWrongFields) {
    for (const std::string entry :
         {"1", "[]", "{}", R"({"dtype":"F32","shape":[1]})", R"({"dtype":"F32","data_offsets":[0,4]})", R"({"shape":[1],"data_offsets":[0,4]})",
          R"({"dtype":1,"shape":[1],"data_offsets":[0,4]})", R"({"dtype":"F33","shape":[1],"data_offsets":[0,4]})",
          R"({"dtype":"f32","shape":[1],"data_offsets":[0,4]})", R"({"dtype":"F32","shape":1,"data_offsets":[0,4]})",
          R"({"dtype":"F32","shape":["1"],"data_offsets":[0,4]})", R"({"dtype":"F32","shape":[1.0],"data_offsets":[0,4]})",
          R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]})", R"({"dtype":"F32","shape":[1],"data_offsets":[0]})",
          R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,8]})", R"({"dtype":"F32","shape":[1],"data_offsets":[0,"4"]})",
          R"({"dtype":"F32","shape":[1],"data_offsets":[0,4.0]})", R"({"dtype":"F32","shape":[1],"data_offsets":{}})"}) {
        expect_corrupt(with_header(R"({"the tensor":)" + entry + "}"), "\"the tensor\"");
    }
}

TEST_F(Safetensors, refusesShapesThatAreNegativeOrOverflow) {
    for (const std::string shape : {"[-1]", "[4294967296,4294967296]", "[9223372036854775807,2]", "[18446744073709551615]", "[9223372036854775808]",
                                    "[18446744073709551616]", "[2147483648,2147483648,2147483648]"}) {
        expect_corrupt(with_tensor("F32", shape, "[0,64]"), "\"t\"");
    }
}

TEST_F(Safetensors, refusesOffsetsOutsideTheFile) {
    for (const std::string offsets : {"[0,68]", "[64,128]", "[-4,60]", "[64,0]", "[0,18446744073709551615]", "[18446744073709551608,8]",
                                      "[9223372036854775800,9223372036854775864]"}) {
        expect_corrupt(with_tensor("F32", "[16]", offsets), "\"t\"");
    }
}

TEST_F(Safetensors, refusesASizeThatDtypeAndShapeDoNotGive) {
    expect_corrupt(with_tensor("F32", "[16]", "[0,32]"), "\"t\"", "32", "64");
    expect_corrupt(with_tensor("F16", "[16]", "[0,64]"), "\"t\"", "64", "32");
    expect_corrupt(with_tensor("BF16", "[4,4]", "[0,64]"));
    expect_corrupt(with_tensor("F32", "[0]", "[0,4]"));
    expect_corrupt(with_tensor("F32", "[]", "[0,0]"));
}

TEST_F(Safetensors, refusesTensorsThatOverlap) {
    const auto two = [&](const std::string& a, const std::string& b) {
        return with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + a + R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + b +
                           "}}");
    };
    expect_corrupt(two("[0,8]", "[4,12]"), "share");
    expect_corrupt(two("[0,8]", "[0,8]"), "share");
    EXPECT_EQ(SafetensorsFile(two("[8,16]", "[0,8]")).entries().size(), 2u);
}

TEST_F(Safetensors, refusesAFileThatWasCutShort) {
    const auto path = folder_.file("cut.safetensors");
    inference::write_safetensors(path, {{"a", torch::ones({100})}, {"b", torch::ones({100})}});
    for (auto size = std::filesystem::file_size(path); size > 0; size /= 2) {
        std::filesystem::resize_file(path, size - 1);
        expect_corrupt(path);
    }
}

TEST_F(Safetensors, followsSymbolicLinksAndRefusesTheirLoops) {
    const auto path = folder_.file("real.safetensors"), link = folder_.file("link.safetensors"), loop = folder_.file("loop");
    inference::write_safetensors(path, {{"t", torch::ones({1})}});
    std::filesystem::create_symlink(path, link);
    EXPECT_EQ(SafetensorsFile(link).read("t").item<float>(), 1.0f);
    std::filesystem::create_symlink(loop, loop);
    expect_refusal(
        ErrorCode::io, [&] { SafetensorsFile file(loop); }, "loop");
    std::filesystem::remove(path);
    expect_refusal(
        ErrorCode::model_not_found, [&] { SafetensorsFile file(link); }, "link");
}

TEST_F(Safetensors, writesWholeFilesOrNone) {
    const auto path = folder_.file("there.safetensors");
    inference::write_safetensors(path, {{"t", torch::ones({1})}});
    inference::write_safetensors(path, {{"t", torch::zeros({1})}});
    EXPECT_EQ(SafetensorsFile(path).read("t").item<float>(), 0.0f);
    expect_refusal(
        ErrorCode::io,
        [&] {
            inference::write_safetensors(folder_.file("no/such/folder.safetensors"), {{"t", torch::ones({1})}});
        },
        "no/such");
    std::filesystem::create_directory(folder_.file("a-folder"));
    expect_refusal(
        ErrorCode::io,
        [&] {
            inference::write_safetensors(folder_.file("a-folder"), {{"t", torch::ones({1})}});
        },
        "a-folder");
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) files += entry.is_regular_file() ? 1 : 0;
    EXPECT_EQ(files, 1) << "a temporary file was left behind";
}

TEST_F(Safetensors, leavesAnOlderFileWholeWhenTheDiskIsFull) {
    const auto path = folder_.file("latents.safetensors");
    inference::write_safetensors(path, {{"t", torch::ones({2})}});
    {
        const tests::FileSizeLimit full(10'000);
        expect_refusal(
            ErrorCode::io,
            [&] {
                inference::write_safetensors(path, {{"t", torch::zeros({10'000})}});
            },
            path);
    }
    EXPECT_EQ(SafetensorsFile(path).read("t").sum().item<float>(), 2.0f);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1) << "a temporary file was left behind";
}

TEST_F(Safetensors, saysWhenAFolderTakesNoFiles) {
    // /proc takes none from anybody, root included.
    expect_refusal(
        ErrorCode::io,
        [] {
            inference::write_safetensors("/proc/latents.safetensors", {{"t", torch::ones({1})}});
        },
        "/proc/latents");
}

}  // namespace
