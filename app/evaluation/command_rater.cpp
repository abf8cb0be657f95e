// SPDX-License-Identifier: Apache-2.0
#include "app/evaluation/command_rater.h"

#include <QProcess>
#include <cmath>

namespace app {

namespace {

using inference::ErrorCode;
using inference::failure;

constexpr qsizetype longest_quote = 200;
constexpr qsizetype longest_line = 1000;  ///< bytes; a score is a number

std::string quoted(const QByteArray& bytes) { return QByteArray('"' + bytes.trimmed().left(longest_quote) + '"').toStdString(); }

class CommandRater final : public Rater {
public:
    CommandRater(QString program, std::chrono::milliseconds patience) : program_(std::move(program)), patience_(static_cast<int>(patience.count())) {}

    inference::Result<std::vector<double>> scores(std::span<const RatedPicture> pictures) override {
        QStringList words = QProcess::splitCommand(program_);
        if (words.isEmpty()) return failure(ErrorCode::invalid_request, "the rater's command is empty");
        const std::string name = words.constFirst().toStdString();
        for (const RatedPicture& picture : pictures) {
            if (picture.path.isEmpty() || picture.path.contains(QLatin1Char('\n')))
                return failure(ErrorCode::invalid_request, "a picture without a path in one line cannot be given to " + name);
        }
        QProcess process;
        process.setProgram(words.takeFirst());
        process.setArguments(words);
        process.start();
        if (!process.waitForStarted(patience_)) return failure(ErrorCode::io, name + " cannot be started: " + process.errorString().toStdString());
        for (const RatedPicture& picture : pictures) process.write(picture.path.toUtf8() + '\n');
        process.closeWriteChannel();

        std::vector<double> scores;
        QByteArray pending;
        // Read while it writes: neither side may fill a pipe that nobody empties.
        for (bool ended = false; !ended;) {
            ended = process.state() == QProcess::NotRunning;
            if (!ended && !process.waitForReadyRead(patience_) && process.state() != QProcess::NotRunning) {
                process.kill();
                process.waitForFinished();
                return failure(ErrorCode::io, name + " said nothing for " + std::to_string(patience_ / 1000) + " s and was stopped");
            }
            pending += process.readAllStandardOutput();
            for (qsizetype end = pending.indexOf('\n'); end >= 0 || (ended && !pending.isEmpty()); end = pending.indexOf('\n')) {
                const QByteArray line = end < 0 ? pending : pending.left(end);
                pending.remove(0, end < 0 ? pending.size() : end + 1);
                if (auto taken = take(line, name, pictures.size(), scores); !taken) return tl::unexpected<inference::Error>(taken.error());
            }
            if (pending.size() > longest_line) return failure(ErrorCode::corrupt_file, name + " wrote a line that is no score: " + quoted(pending));
        }
        if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
            return failure(ErrorCode::io,
                           name + " failed with code " + std::to_string(process.exitCode()) + ": " + quoted(process.readAllStandardError()));
        }
        if (scores.size() != pictures.size()) {
            return failure(ErrorCode::corrupt_file,
                           name + " wrote " + std::to_string(scores.size()) + " scores for " + std::to_string(pictures.size()) + " pictures");
        }
        return scores;
    }

private:
    static inference::Result<void> take(const QByteArray& line, const std::string& name, size_t most, std::vector<double>& scores) {
        if (line.trimmed().isEmpty()) return {};
        bool is_number = false;
        const double score = line.trimmed().toDouble(&is_number);
        if (!is_number || !std::isfinite(score)) return failure(ErrorCode::corrupt_file, name + " wrote a line that is no score: " + quoted(line));
        if (scores.size() == most)
            return failure(ErrorCode::corrupt_file, name + " wrote more scores than there are pictures (" + std::to_string(most) + ")");
        scores.push_back(score);
        return {};
    }

    QString program_;
    int patience_;  ///< milliseconds
};

}  // namespace

std::unique_ptr<Rater> makeCommandRater(const QString& program, std::chrono::milliseconds patience) {
    return std::make_unique<CommandRater>(program, patience);
}

}  // namespace app
