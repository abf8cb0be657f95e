// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/rater_command.h"

#include "app/feedback/pixel_statistics.h"
#include "app/imaging/image_exporter.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>

#include <cmath>

namespace app {
namespace {

using inference::ErrorCode;
using inference::failure;
using inference::Result;

constexpr qint64 longest_line = 256;  ///< bytes of one score
constexpr qint64 longest_complaint = 500;
constexpr int poll_ms = 50;

Result<QByteArray> writePictures(const std::vector<RatedPicture>& pictures, const QString& folder) {
    QByteArray paths;
    ExportOptions options;
    options.embed_request = false;  // a rater is of the image only
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const QString path = folder + QStringLiteral("/%1.png").arg(i, 6, 10, QLatin1Char('0'));
        if (auto written = writeImage(path, overWhite(pictures[i].pixels), {}, options); !written)
            return tl::unexpected<inference::Error>(written.error());
        paths += path.toUtf8() + '\n';
    }
    return paths;
}

Result<std::vector<double>> parse(const QByteArray& output, std::size_t count, const std::string& name) {
    QList<QByteArray> lines = output.split('\n');
    while (!lines.isEmpty() && lines.constLast().trimmed().isEmpty()) lines.removeLast();
    if (static_cast<std::size_t>(lines.size()) != count) {
        return failure(ErrorCode::corrupt_file,
                       name + " wrote " + std::to_string(lines.size()) + " scores for " + std::to_string(count) + " pictures");
    }
    std::vector<double> scores;
    for (const QByteArray& line : lines) {
        bool is_number = false;
        const double score = line.trimmed().toDouble(&is_number);
        if (!is_number || !std::isfinite(score)) {
            return failure(ErrorCode::corrupt_file, name + " wrote \"" + line.left(40).toStdString() + "\", which is not a finite number");
        }
        scores.push_back(score);
    }
    return scores;
}

Result<std::vector<double>> runCommand(const RaterCommandOptions& options, const std::vector<RatedPicture>& pictures) {
    const std::string name = "the rater " + options.program.toStdString();
    const QTemporaryDir folder;
    if (!folder.isValid()) return failure(ErrorCode::io, "no temporary folder can be made: " + folder.errorString().toStdString());
    auto paths = writePictures(pictures, folder.path());
    if (!paths) return tl::unexpected<inference::Error>(paths.error());

    QProcess process;
    process.start(options.program, options.arguments);
    if (!process.waitForStarted()) return failure(ErrorCode::io, name + " does not start: " + process.errorString().toStdString());
    process.write(*paths);
    process.closeWriteChannel();
    QElapsedTimer timer;
    timer.start();
    QByteArray output;
    QByteArray complaint;
    const qint64 most = longest_line * static_cast<qint64>(pictures.size() + 1);
    // In slices: what it writes is bounded while it runs, and not only once it has ended.
    while (process.state() != QProcess::NotRunning) {
        process.waitForFinished(poll_ms);
        output += process.readAllStandardOutput();
        complaint += process.readAllStandardError();
        complaint = complaint.right(longest_complaint);
        const bool too_long = timer.elapsed() > options.timeout_ms;
        if (!too_long && output.size() <= most) continue;
        process.kill();
        process.waitForFinished();
        if (too_long) return failure(ErrorCode::io, name + " did not end within " + std::to_string(options.timeout_ms / 1000) + " s");
        return failure(ErrorCode::corrupt_file, name + " wrote more than one score a picture");
    }
    output += process.readAllStandardOutput();
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0) {
        return failure(ErrorCode::io, name + " failed: " + complaint.trimmed().toStdString());
    }
    return parse(output, pictures.size(), name);
}

}  // namespace

Rater commandRater(const RaterCommandOptions& options) {
    return {options.program.toStdString(), "another program", true,
            [options](const std::vector<RatedPicture>& pictures) { return runCommand(options, pictures); }};
}

}  // namespace app
