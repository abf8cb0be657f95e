// SPDX-License-Identifier: Apache-2.0
#include "inference/weights/file_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "tests/weights/weights_folder.h"

namespace {

using inference::ErrorCode;
using inference::FileReader;
using tests::expect_refused;

class FileReaderTest : public tests::WeightsFolder {};

TEST_F(FileReaderTest, readsAnyPartAndTheWhole) {
    write("file", std::string("0123456789"));
    const auto file = FileReader::open(path("file"));
    EXPECT_EQ(file->size(), 10u);
    std::vector<std::byte> part(3);
    file->read(4, part);
    EXPECT_EQ(part, (std::vector<std::byte>{std::byte{'4'}, std::byte{'5'}, std::byte{'6'}}));
    EXPECT_EQ(file->read_text(10), "0123456789");
    expect_refused([&] { file->read_text(9); }, ErrorCode::corrupt_file, {path("file"), "10 bytes"});
}

TEST_F(FileReaderTest, whatIsNoFileIsNamed) {
    write("empty", std::string());
    mkfifo(path("pipe").c_str(), 0600);
    expect_refused([&] { FileReader::open(path("absent")); }, ErrorCode::model_not_found, {path("absent")});
    expect_refused([&] { FileReader::open(path("empty/inside")); }, ErrorCode::model_not_found, {path("empty/inside")});
    expect_refused([&] { FileReader::open(path("empty")); }, ErrorCode::corrupt_file, {path("empty"), "is empty"});
    expect_refused([&] { FileReader::open(folder_); }, ErrorCode::corrupt_file, {folder_, "not a regular file"});
    expect_refused([&] { FileReader::open(path("pipe")); }, ErrorCode::corrupt_file, {path("pipe"), "not a regular file"});
}

TEST_F(FileReaderTest, loopOfLinksIsNamed) {
    std::filesystem::create_symlink(path("b"), path("a"));
    std::filesystem::create_symlink(path("a"), path("b"));
    expect_refused([&] { FileReader::open(path("a")); }, ErrorCode::io, {path("a")});
}

TEST_F(FileReaderTest, fileThatIsCutShortUnderTheReaderIsASentenceNotACrash) {
    write("file", std::string(100'000, 'x'));
    const auto file = FileReader::open(path("file"));
    std::filesystem::resize_file(path("file"), 50'000);
    std::vector<std::byte> all(100'000);
    expect_refused([&] { file->read(0, all); }, ErrorCode::corrupt_file, {path("file"), "50000", "cut short"});
    expect_refused([&] { file->require_unchanged(); }, ErrorCode::corrupt_file, {"changed while it was read"});
}

TEST_F(FileReaderTest, fileThatIsWrittenWhileItIsReadIsNoticed) {
    write("file", std::string("before"));
    const auto file = FileReader::open(path("file"));
    file->require_unchanged();
    std::ofstream(path("file"), std::ios::app) << "after";
    expect_refused([&] { file->require_unchanged(); }, ErrorCode::corrupt_file, {path("file"), "changed"});
}

/// What a disk that is pulled away answers. Reading the memory of this process at address 0 fails in the same way.
TEST_F(FileReaderTest, diskThatFailsIsASentence) {
    write("file", std::string(100, 'x'));
    const int descriptor = ::open(path("file").c_str(), O_RDONLY | O_CLOEXEC), broken = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(broken, 0);
    const auto file = FileReader::adopt(path("file"), descriptor);
    ASSERT_EQ(dup3(broken, descriptor, O_CLOEXEC), descriptor);
    close(broken);
    std::vector<std::byte> all(100);
    expect_refused([&] { file->read(0, all); }, ErrorCode::io, {path("file"), "nput/output error"});
}

TEST_F(FileReaderTest, deletedFileCanStillBeRead) {
    write("file", std::string("still here"));
    const auto file = FileReader::open(path("file"));
    std::filesystem::remove(path("file"));
    EXPECT_EQ(file->read_text(100), "still here");
}

}  // namespace
