// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/adapters_command.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/feedback/adapter_exchange.h"
#include "app/feedback/shared_adapter.h"
#include "app/library/open_library.h"
#include "ui/command_line/help.h"
#include "ui/command_line/model_options.h"
#include "ui/command_line/profile_option.h"
#include "ui/command_line/terminal.h"
#include "ui/start/model_source.h"

namespace ui {
namespace {

using app::AdapterRow;
using inference::Error;
using inference::Result;

constexpr int shortest_id = 4;  // digits of a hash that may stand for it
constexpr int shown_digits = 12;

QString verdictName(app::AdapterVerdict verdict) {
    switch (verdict) {
    case app::AdapterVerdict::provisional: return QStringLiteral("provisional");
    case app::AdapterVerdict::accepted: return QStringLiteral("accepted");
    case app::AdapterVerdict::rejected: return QStringLiteral("rejected");
    case app::AdapterVerdict::imported: return QStringLiteral("imported");
    }
    return {};
}

/// A version and the taste that it belongs to.
struct Listed {
    AdapterRow row;
    app::TasteProfile taste;

    bool inUse() const { return taste.adapter_id == row.id; }
    QString tasteName() const { return taste.name.isEmpty() ? QString::number(taste.id.value) : taste.name; }
};

QString claimsText(const app::AdapterClaims& claims) {
    QString text = QStringLiteral("says of itself: from %1 ratings").arg(claims.ratings);
    if (claims.win) {
        text += QStringLiteral(", preferred in %1 % (%2 to %3 %) of %4 pictures")
                    .arg(qRound(100 * *claims.win))
                    .arg(qRound(100 * *claims.win_low))
                    .arg(qRound(100 * *claims.win_high))
                    .arg(claims.pictures);
    }
    return text;
}

QJsonObject listedJson(const Listed& listed) {
    QJsonObject object{{QStringLiteral("id"), listed.row.id},
                       {QStringLiteral("taste"), listed.tasteName()},
                       {QStringLiteral("model"), QString::fromStdString(listed.row.model_id)},
                       {QStringLiteral("verdict"), verdictName(listed.row.verdict)},
                       {QStringLiteral("in_use"), listed.inUse()},
                       {QStringLiteral("note"), listed.row.note},
                       {QStringLiteral("made_at"), listed.row.created_at.toString(Qt::ISODate)}};
    if (const auto origin = app::originOf(listed.row)) {
        object.insert(QStringLiteral("file"), origin->file);
        object.insert(QStringLiteral("says_of_itself"), origin->claims ? QJsonValue(claimsText(*origin->claims)) : QJsonValue());
    }
    return object;
}

/// One run of the command.
class AdaptersCommand final {
public:
    AdaptersCommand(Terminal& terminal, const ProgramFiles& files, inference::EngineConfig config, app::OpenLibrary profile) :
        terminal_(terminal), files_(files), config_(std::move(config)), profile_(std::move(profile)), signals_(*profile_.database),
        table_(*profile_.database) {}

    Result<void> list() {
        auto all = listed();
        if (!all) return tl::unexpected<Error>(all.error());
        QJsonArray array;
        for (const Listed& each : *all) {
            array.append(listedJson(each));
            if (terminal_.json()) continue;
            terminal_.print(QStringLiteral("%1  %2  %3  %4  %5")
                                .arg(each.row.id.left(shown_digits), -shown_digits)
                                .arg(verdictName(each.row.verdict), -11)
                                .arg(each.inUse() ? QStringLiteral("in use") : QString(), -6)
                                .arg(each.row.created_at.date().toString(Qt::ISODate), each.row.note)
                                .trimmed());
        }
        if (terminal_.json()) print({{QStringLiteral("adapters"), array}});
        return {};
    }

    Result<void> import(const QString& file) {
        auto taste = signals_.activeProfile();
        if (!taste) return tl::unexpected<Error>(taste.error());
        const auto on_progress = [this](const inference::LoadProgress& progress) {
            interruption_.poll();
            terminal_.showLoading(progress.fraction);
        };
        auto engine = engineFactory(files_.engine_module.toStdString(), config_)(on_progress, interruption_.token());
        terminal_.clearProgress();
        if (!engine) return tl::unexpected<Error>(engine.error());
        auto row = app::takeAdapter(**engine, QFileInfo(file).absoluteFilePath(), profile_.paths.adaptersDir(), *taste, interruption_.token());
        if (!row) return tl::unexpected<Error>(row.error());
        const auto was_there = app::enterAdapter(table_, *row);
        if (!was_there) {
            if (const auto known = table_.find(row->id); known && !*known) removeFiles(row->id);
            return tl::unexpected<Error>(was_there.error());
        }
        const auto origin = app::originOf(*row);
        if (terminal_.json()) {
            print({{QStringLiteral("imported"), row->id},
                   {QStringLiteral("was_there"), *was_there},
                   {QStringLiteral("says_of_itself"), origin->claims ? QJsonValue(claimsText(*origin->claims)) : QJsonValue()}});
            return {};
        }
        terminal_.print(QStringLiteral("%1: %2").arg(*was_there ? QStringLiteral("there already") : QStringLiteral("imported"), row->id));
        if (origin->claims) terminal_.print(QStringLiteral("  ") + claimsText(*origin->claims));
        if (!origin->names_base) terminal_.print(QStringLiteral("  it does not say which model it was trained on; its sizes fit the loaded one"));
        return {};
    }

    Result<void> exportTo(const QString& which, const QString& file) {
        auto meant = named(which);
        if (!meant) return tl::unexpected<Error>(meant.error());
        const QString source = folderOf(meant->row.id) + QStringLiteral("/adapter.safetensors");
        const QString target = QFileInfo(file).absoluteFilePath();
        if (auto written = app::writeSharedAdapter(source, meant->row.manifest, target); !written) return written;
        if (terminal_.json()) print({{QStringLiteral("exported"), meant->row.id}, {QStringLiteral("file"), target}});
        else terminal_.print(QStringLiteral("written: %1").arg(target));
        return {};
    }

    Result<void> remove(const QString& which) {
        auto meant = named(which);
        if (!meant) return tl::unexpected<Error>(meant.error());
        if (auto removed = table_.remove(meant->row.id); !removed) return removed;
        removeFiles(meant->row.id);
        if (terminal_.json()) print({{QStringLiteral("removed"), meant->row.id}, {QStringLiteral("was_in_use"), meant->inUse()}});
        else
            terminal_.print(meant->inUse() ? QStringLiteral("removed: %1; the taste draws with the model as it came now").arg(meant->row.id)
                                           : QStringLiteral("removed: %1").arg(meant->row.id));
        return {};
    }

private:
    Result<std::vector<Listed>> listed() {
        auto tastes = signals_.profiles();
        if (!tastes) return tl::unexpected<Error>(tastes.error());
        std::vector<Listed> all;
        for (const auto& taste : *tastes) {
            auto rows = table_.load(taste.id);
            if (!rows) return tl::unexpected<Error>(rows.error());
            for (auto& row : *rows) all.push_back({std::move(row), taste});
        }
        return all;
    }

    Result<Listed> named(const QString& which) {
        auto all = listed();
        if (!all) return tl::unexpected<Error>(all.error());
        std::vector<Listed> meant;
        for (auto& each : *all) {
            if (which.size() >= shortest_id && each.row.id.startsWith(which)) meant.push_back(std::move(each));
        }
        if (meant.empty())
            return tl::unexpected<Error>(
                usage(QStringLiteral("no adapter's id begins with \"%1\"; at least %2 digits are needed").arg(which).arg(shortest_id)));
        if (meant.size() > 1)
            return tl::unexpected<Error>(usage(QStringLiteral("\"%1\" may mean %2 adapters; give more digits").arg(which).arg(meant.size())));
        return std::move(meant.front());
    }

    QString folderOf(const QString& id) const { return profile_.paths.adaptersDir() + QLatin1Char('/') + id; }
    void removeFiles(const QString& id) const { QDir(folderOf(id)).removeRecursively(); }
    void print(const QJsonObject& object) { terminal_.print(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact))); }

    Terminal& terminal_;
    const ProgramFiles& files_;
    inference::EngineConfig config_;
    app::OpenLibrary profile_;
    app::SignalStore signals_;
    app::AdapterTable table_;
    Interruption interruption_;
};

}  // namespace

ExitCode runAdapters(const QStringList& arguments, const ProgramFiles& files) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("What a profile's tastes learned, as files.\n\n"
                       "  list             every adapter\n"
                       "  import FILE      checks a LoRA of this model (safetensors) and lists it for the taste in use\n"
                       "  export ID FILE   writes one as a single file that other tools read, its manifest in the header\n"
                       "  remove ID        deletes one"));
    parser.addPositionalArgument(QStringLiteral("what"), QStringLiteral("list, import, export or remove."),
                                 QStringLiteral("list | import FILE | export ID FILE | remove ID"));
    const ProfileOption profile_option(parser);
    const ModelOptions model_options(parser);
    const QCommandLineOption json(QStringLiteral("json"), QStringLiteral("Print as JSON on standard output."));
    parser.addOption(json);
    QString help;
    constexpr int most_words = 3;
    const auto parsed = parseWords(parser, arguments, help, most_words);
    Terminal terminal(parser.isSet(json));
    if (!parsed) return terminal.fail(parsed.error());
    if (!help.isEmpty()) {
        terminal.print(help);
        return ExitCode::ok;
    }
    const QStringList words = parser.positionalArguments();
    const QString what = words.value(0);
    const bool lists = what == QStringLiteral("list") && words.size() == 1;
    const bool imports = what == QStringLiteral("import") && words.size() == 2;
    const bool exports = what == QStringLiteral("export") && words.size() == 3;
    const bool removes = what == QStringLiteral("remove") && words.size() == 2;
    if (!lists && !imports && !exports && !removes) {
        return terminal.fail(
            usage(what.isEmpty() ? QStringLiteral("say what: list, import FILE, export ID FILE or remove ID")
                                 : QStringLiteral("\"%1\" is not list, import FILE, export ID FILE or remove ID").arg(words.join(QLatin1Char(' ')))));
    }
    auto config = model_options.config(files);
    if (!config) return terminal.fail(config.error());
    const auto paths = profile_option.paths();
    config->cache_path = paths.cache_dir.toStdString();
    config->adapters_path = paths.adaptersDir().toStdString();
    auto profile = app::OpenLibrary::open(paths);
    if (!profile) return terminal.fail(profile.error());
    AdaptersCommand command(terminal, files, *std::move(config), *std::move(profile));
    const auto done = lists ? command.list()
        : imports           ? command.import(words.at(1))
        : exports           ? command.exportTo(words.at(1), words.at(2))
                            : command.remove(words.at(1));
    return done ? ExitCode::ok : terminal.fail(done.error());
}

}  // namespace ui
