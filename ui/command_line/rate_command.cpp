// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/rate_command.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <limits>

#include "app/feedback/signal_store.h"
#include "app/imaging/image_exporter.h"
#include "app/imaging/safe_file.h"
#include "app/library/open_library.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/profile_option.h"
#include "ui/command_line/terminal.h"

namespace ui {
namespace {

using inference::Error;
using inference::ErrorCode;
using inference::failure;
using inference::Result;

/// The library's picture of a path. One from outside is copied into the library first, with its request if it carries one.
Result<app::ItemId> itemOf(app::OpenLibrary& profile, app::SignalStore& signals, const QString& path) {
    const QString absolute = QFileInfo(path).absoluteFilePath();
    if (const auto* known = profile.library->findFile(absolute)) return known->id;
    auto pixels = app::readImage(absolute);
    if (!pixels) return tl::unexpected<Error>(pixels.error());
    auto request = app::readEmbeddedRequest(absolute);
    const bool own = !request.has_value();
    inference::GenerationRequest drawn = own ? inference::GenerationRequest{} : *request;
    if (own) {
        drawn.width = pixels->width;
        drawn.height = pixels->height;
    }
    QString copy;
    for (int n = 0; copy.isEmpty() || QFileInfo::exists(copy); ++n) {
        const QString number = n == 0 ? QString() : QStringLiteral("-%1").arg(n);
        copy = profile.paths.images_dir + QStringLiteral("/own-%1%2.png").arg(QFileInfo(path).completeBaseName().left(80), number);
    }
    if (auto written = app::writeImage(copy, *pixels, drawn, {}); !written) return tl::unexpected<Error>(written.error());
    auto id = profile.library->add(copy, drawn, {pixels->width, pixels->height}, pixels->channels == 4, 0.0, 0);
    if (!id || !own) return id;
    if (auto marked = signals.markOwn(*id); !marked) return tl::unexpected<Error>(marked.error());
    return id;
}

Result<app::DuelAnswer> duelAnswer(const QString& text) {
    if (text == QStringLiteral("left")) return app::DuelAnswer::left;
    if (text == QStringLiteral("right")) return app::DuelAnswer::right;
    if (text == QStringLiteral("equal")) return app::DuelAnswer::equal;
    if (text == QStringLiteral("skip")) return app::DuelAnswer::skip;
    return tl::unexpected<Error>(usage(QStringLiteral("--duel is \"%1\"; it must be left, right, equal or skip").arg(text)));
}

class RateCommand {
public:
    explicit RateCommand(QCommandLineParser& parser) :
        parser_(parser), profile_(parser),
        stars_(QStringLiteral("stars"), QStringLiteral("Give the pictures this many stars, 0 to 5; 0 takes a rating back."), QStringLiteral("N")),
        pick_(QStringLiteral("pick"), QStringLiteral("Pick the pictures.")),
        reject_(QStringLiteral("reject"), QStringLiteral("Reject the pictures.")),
        duel_(QStringLiteral("duel"), QStringLiteral("Of the two pictures prefer left, right, equal or skip."), QStringLiteral("ANSWER")),
        export_(QStringLiteral("export"), QStringLiteral("Write everything that was said to FILE (.json or .csv)."), QStringLiteral("FILE")),
        forget_(QStringLiteral("forget"), QStringLiteral("Forget every rating of the taste in use and all that was learned from them.")) {
        parser.addPositionalArgument(QStringLiteral("pictures"), QStringLiteral("Files; those from outside are copied into the library."),
                                     QStringLiteral("[PICTURE...]"));
        parser.addOptions({stars_, pick_, reject_, duel_, export_, forget_});
    }

    /// @return how many pictures were rated
    Result<int> run() {
        const int verbs = parser_.isSet(stars_) + parser_.isSet(pick_) + parser_.isSet(reject_) + parser_.isSet(duel_) + parser_.isSet(export_) +
            parser_.isSet(forget_);
        if (verbs != 1) return tl::unexpected<Error>(usage(QStringLiteral("give one of --stars, --pick, --reject, --duel, --export and --forget")));
        auto opened = app::OpenLibrary::open(profile_.paths());
        if (!opened) return tl::unexpected<Error>(opened.error());
        app::SignalStore signals(*opened->database);
        if (parser_.isSet(export_)) return writeExport(signals);
        if (parser_.isSet(forget_)) return forget(*opened, signals);
        return rate(*opened, signals);
    }

private:
    Result<int> writeExport(const app::SignalStore& signals) const {
        const QString file = parser_.value(export_);
        const bool csv = file.endsWith(QStringLiteral(".csv"));
        if (!csv && !file.endsWith(QStringLiteral(".json"))) {
            return tl::unexpected<Error>(usage(QStringLiteral("--export is \"%1\"; it must end in .json or .csv").arg(file)));
        }
        auto text = csv ? signals.exportCsv() : signals.exportJson();
        if (!text) return tl::unexpected<Error>(text.error());
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(text->constData()), static_cast<std::size_t>(text->size()));
        if (auto written = app::writeFileSafely(file, bytes); !written) return tl::unexpected<Error>(written.error());
        return 0;
    }

    static Result<int> forget(const app::OpenLibrary& profile, app::SignalStore& signals) {
        auto taste = signals.activeProfile();
        if (!taste) return tl::unexpected<Error>(taste.error());
        auto adapters = signals.forget(*taste);
        if (!adapters) return tl::unexpected<Error>(adapters.error());
        for (const QString& id : *adapters) QDir(profile.paths.data_dir + QStringLiteral("/adapters/") + id).removeRecursively();
        QDir(profile.paths.data_dir + QStringLiteral("/training")).removeRecursively();
        return 0;
    }

    Result<int> rate(app::OpenLibrary& profile, app::SignalStore& signals) const {
        const QStringList pictures = parser_.positionalArguments();
        if (pictures.isEmpty()) return tl::unexpected<Error>(usage(QStringLiteral("no picture is given")));
        int number_of_stars = 0;
        app::DuelAnswer answer = app::DuelAnswer::skip;
        if (parser_.isSet(stars_)) {
            auto number = wholeNumber(parser_, stars_, 0, 5);
            if (!number) return tl::unexpected<Error>(number.error());
            number_of_stars = static_cast<int>(*number);
        } else if (parser_.isSet(duel_)) {
            auto said = duelAnswer(parser_.value(duel_));
            if (!said) return tl::unexpected<Error>(said.error());
            if (pictures.size() != 2) return tl::unexpected<Error>(usage(QStringLiteral("a duel is of two pictures")));
            answer = *said;
        }
        std::vector<app::ItemId> items;
        for (const QString& path : pictures) {
            auto item = itemOf(profile, signals, path);
            if (!item) return tl::unexpected<Error>(item.error());
            items.push_back(*item);
        }
        Result<void> done;
        if (parser_.isSet(duel_)) done = signals.duel(items[0], items[1], answer);
        for (const auto item : items) {
            if (!done || parser_.isSet(duel_)) break;
            if (parser_.isSet(stars_)) done = profile.library->setRating(item, number_of_stars);
            else done = signals.pick(item, parser_.isSet(pick_) ? app::PickAnswer::picked : app::PickAnswer::rejected);
        }
        if (!done) return tl::unexpected<Error>(done.error());
        return static_cast<int>(items.size());
    }

    const QCommandLineParser& parser_;
    ProfileOption profile_;
    QCommandLineOption stars_, pick_, reject_, duel_, export_, forget_;
};

}  // namespace

ExitCode runRate(const QStringList& arguments, const ProgramFiles& /*files*/) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Says what you think of pictures."));
    RateCommand command(parser);
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print the result as JSON on standard output."));
    parser.addOption(json);
    QString help;
    const auto words = parseWords(parser, arguments, help, std::numeric_limits<int>::max());
    Terminal terminal(parser.isSet(json));
    if (!words) return terminal.fail(words.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    const auto rated = command.run();
    if (!rated) return terminal.fail(rated.error());
    if (terminal.json())
        terminal.print(QString::fromUtf8(QJsonDocument(QJsonObject{{QStringLiteral("pictures"), *rated}}).toJson(QJsonDocument::Compact)));
    return ExitCode::ok;
}

}  // namespace ui
