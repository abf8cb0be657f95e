// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/safetensors.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "tests/weights/weights_folder.h"

namespace {

using inference::ErrorCode;
using inference::SafetensorsFile;
using tests::expect_refused;

/// Header length, header, data.
std::string file_with(const std::string& header, std::size_t data_bytes) {
    const std::uint64_t size = header.size();
    return std::string(reinterpret_cast<const char*>(&size), 8) + header + std::string(data_bytes, '\0');
}

class Safetensors : public tests::WeightsFolder {
protected:
    void expect_header_refused(const std::string& header, std::size_t data_bytes, const std::vector<std::string>& words) {
        write("file.safetensors", file_with(header, data_bytes));
        auto all = words;
        all.push_back(path("file.safetensors"));
        expect_refused([&] { SafetensorsFile file(path("file.safetensors")); }, ErrorCode::corrupt_file, all);
    }
};

TEST_F(Safetensors, tensorsComeBackInTheirDtypesAndCast) {
    const auto real = torch::randn({70, 33});
    for (const auto dtype : {torch::kFloat32, torch::kFloat16, torch::kBFloat16}) {
        write("t.safetensors", {{"t", real.to(dtype)}, {"none", torch::empty({0, 4})}});
        const SafetensorsFile file(path("t.safetensors"));
        EXPECT_TRUE(at::equal(file.read("t"), real.to(dtype)));
        EXPECT_EQ(file.read("none").sizes(), at::IntArrayRef({0, 4}));
        for (const auto wanted : {torch::kFloat32, torch::kBFloat16}) {
            auto target = torch::empty({70, 33}, wanted);
            file.read_into("t", target);
            EXPECT_TRUE(at::equal(target, real.to(dtype).to(wanted)));
        }
    }
}

TEST_F(Safetensors, largeTensorIsCastInPartsWithoutALossAtTheirEdges) {
    const auto real = torch::randn({3'000'001}).to(torch::kFloat16);
    write("t.safetensors", {{"t", real}});
    auto target = torch::empty({3'000'001});
    SafetensorsFile(path("t.safetensors")).read_into("t", target);
    EXPECT_TRUE(at::equal(target, real.to(torch::kFloat32)));
}

TEST_F(Safetensors, whatAFileSaysOfItselfComesBack) {
    const std::map<std::string, std::string> said = {{"format", "pt"}, {"note", "\u2013 \"quoted\""}};
    inference::write_safetensors(path("t.safetensors"), {{"t", torch::zeros({2})}}, said);
    EXPECT_EQ(SafetensorsFile(path("t.safetensors")).metadata(), said);
    inference::write_safetensors(path("t.safetensors"), {{"t", torch::zeros({2})}});
    EXPECT_TRUE(SafetensorsFile(path("t.safetensors")).metadata().empty());
}

TEST_F(Safetensors, ofTheMetadataOnlyTextsAreKept) {
    const std::string header = R"({"__metadata__":{"a":"b","number":1,"list":["x"],"object":{"inner":"y"}},)"
                               R"("t":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"other":"text"}} )";
    write("t.safetensors", file_with(header, 4));
    const SafetensorsFile file(path("t.safetensors"));
    EXPECT_EQ(file.metadata(), (std::map<std::string, std::string>{{"a", "b"}}));
    EXPECT_EQ(file.entries().size(), 1u);
}

TEST_F(Safetensors, dataAtAnOddPlaceIsReadToo) {
    write("t.safetensors",
          file_with(R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"t":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}} )", 9));
    EXPECT_TRUE(at::equal(SafetensorsFile(path("t.safetensors")).read("t"), torch::zeros({2})));
}

TEST_F(Safetensors, rowsAreReadAloneInAnyOrder) {
    const auto table = torch::randn({50, 7});
    write("t.safetensors", {{"t", table}});
    const std::vector<std::int64_t> rows = {49, 0, 1, 2, 2, 17};
    EXPECT_TRUE(at::equal(SafetensorsFile(path("t.safetensors")).read_rows("t", rows), table.index_select(0, torch::tensor(rows))));
}

TEST_F(Safetensors, numbersThatAreNotFiniteAreFoundInEveryDtypeAndNamed) {
    for (const auto dtype : {torch::kFloat32, torch::kFloat16, torch::kBFloat16}) {
        for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
            for (const std::int64_t at : {0, 4999, 9999}) {
                auto tensor = torch::randn({10'000}).to(dtype);
                tensor[at] = bad;
                write("t.safetensors", {{"fine", torch::ones({4})}, {"layers.3.weight", tensor}});
                const SafetensorsFile file(path("t.safetensors"));
                EXPECT_NO_THROW(file.read("fine"));
                expect_refused([&] { file.read("layers.3.weight"); }, ErrorCode::corrupt_file, {path("t.safetensors"), "layers.3.weight", "NaN"});
            }
        }
    }
}

TEST_F(Safetensors, largestFiniteNumbersPass) {
    write("t.safetensors", {{"a", torch::full({9}, std::numeric_limits<float>::max())}, {"b", torch::full({9}, 65504.0).to(torch::kFloat16)}});
    EXPECT_NO_THROW(SafetensorsFile(path("t.safetensors")).read("a"));
    EXPECT_NO_THROW(SafetensorsFile(path("t.safetensors")).read("b"));
}

TEST_F(Safetensors, fileThatIsCutShortAfterOpeningIsASentence) {
    write("t.safetensors", {{"t", torch::randn({100'000})}});
    const SafetensorsFile file(path("t.safetensors"));
    std::filesystem::resize_file(path("t.safetensors"), 200'000);
    expect_refused([&] { file.read("t"); }, ErrorCode::corrupt_file, {path("t.safetensors"), "cut short"});
}

TEST_F(Safetensors, fileThatIsOverwrittenAfterOpeningIsNoticed) {
    write("t.safetensors", {{"t", torch::randn({1000})}});
    const SafetensorsFile file(path("t.safetensors"));
    std::ofstream(path("t.safetensors"), std::ios::binary | std::ios::in | std::ios::out).seekp(2000) << "other";
    std::filesystem::last_write_time(path("t.safetensors"), std::filesystem::file_time_type::clock::now() + std::chrono::seconds(2));
    expect_refused([&] { file.read("t"); }, ErrorCode::corrupt_file, {"changed while it was read"});
}

TEST_F(Safetensors, wholeNumbersAreNoWeights) {
    write("t.safetensors", {{"ids", torch::ones({2}, torch::kInt64)}});
    expect_refused([&] { SafetensorsFile(path("t.safetensors")).read("ids"); }, ErrorCode::corrupt_file, {"ids", "I64"});
}

TEST_F(Safetensors, hostileSizesAreRefusedBeforeAnythingIsAllocated) {
    write("file.safetensors", std::string("\xff\xff\xff\xff\xff\xff\xff\x7f{}", 10));
    expect_refused([&] { SafetensorsFile file(path("file.safetensors")); }, ErrorCode::corrupt_file, {path("file.safetensors"), "header claims"});
    write("file.safetensors", std::string("abc"));
    expect_refused([&] { SafetensorsFile file(path("file.safetensors")); }, ErrorCode::corrupt_file, {path("file.safetensors"), "too short"});
    const std::string huge = R"({"t":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})";
    expect_header_refused(huge, 0, {"\"t\"", "overflows"});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[0,4294967296,4294967296],"data_offsets":[0,0]}})", 0, {"\"t\"", "overflows"});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}})", 0, {"\"t\""});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}})", 4, {"\"t\"", "too many dimensions"});
}

TEST_F(Safetensors, contradictionsNameTheTensor) {
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, {"\"t\"", "4 bytes where its shape asks for 8"});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 4, {"\"t\"", "truncated"});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}})", 8, {"\"t\""});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4, {"\"t\"", "shape"});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", 4, {"\"t\"", "shape"});
    expect_header_refused(R"({"t":{"dtype":"X32","shape":[1],"data_offsets":[0,4]}})", 4, {"\"t\"", "dtype"});
    expect_header_refused(R"({"t":{"dtype":4,"shape":[1],"data_offsets":[0,4]}})", 4, {"\"t\"", "dtype"});
    expect_header_refused(R"({"t":{"shape":[1],"data_offsets":[0,4]}})", 4, {"\"t\"", "lacks"});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4, {"\"t\"", "data_offsets"});
    expect_header_refused(R"({"t":[1]})", 4, {"\"t\"", "not an object"});
    expect_header_refused(R"({"t":7})", 4, {"\"t\"", "not an object"});
    expect_header_refused(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8,
                          {"share"});
}

TEST_F(Safetensors, tensorsAndFieldsThatAreThereTwiceAreNamed) {
    const std::string entry = R"("t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
    expect_header_refused("{" + entry + "," + entry + "}", 4, {"\"t\"", "twice"});
    expect_header_refused(R"({"t":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}})", 4, {"\"t\"", "twice"});
}

TEST_F(Safetensors, headersThatAreNoObjectsOfObjectsAreRefused) {
    expect_header_refused("[1,2]", 0, {"not a JSON object"});
    expect_header_refused("7", 0, {"not a JSON object"});
    expect_header_refused("{\"t\":", 0, {"not JSON", "byte"});
    expect_header_refused(std::string(5000, '['), 0, {"not a JSON object"});
    expect_header_refused(R"({"t":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})", 4, {"\"t\"", "nested"});
    expect_header_refused(R"({"__metadata__":{"a":[[[[1]]]]}})", 0, {"nested too deeply"});
}

TEST_F(Safetensors, metadataAndUnknownFieldsAreSkipped) {
    write("t.safetensors", file_with(R"({"__metadata__":{"format":"pt"},"t":{"dtype":"F32","new":{"x":1},"shape":[1],"data_offsets":[0,4]}})", 4));
    EXPECT_EQ(SafetensorsFile(path("t.safetensors")).entries().size(), 1u);
}

TEST_F(Safetensors, writerLeavesTheOldFileWhenItCannotFinish) {
    write("t.safetensors", {{"t", torch::ones({1})}});
    inference::SafetensorsWriter writer(path("t.safetensors"), {{"a", torch::kFloat32, {2}}, {"b", torch::kFloat32, {2}}});
    writer.write(torch::zeros({2}));
    EXPECT_THROW(writer.finish(), std::exception);
    EXPECT_TRUE(at::equal(SafetensorsFile(path("t.safetensors")).read("t"), torch::ones({1})));
}

}  // namespace
