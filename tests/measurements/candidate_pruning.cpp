// SPDX-License-Identifier: Apache-2.0
// How early candidates can be told apart: for several steps of the way, how often best of four keeps the same picture when the worse two are
// given up there, and what the kept one wins. With heads of synthetic raters as evaluate-feedback makes them (12 steps of multistep2), over all
// fours of eight pictures of each evaluation prompt, drawn as is asked. Before that, how long the engine takes for the best of four beside four
// pictures drawn whole and looked at, in turns.
//     candidate_pruning PIPELINE TEXT_MODEL PICTURES_FOLDER euler|heun|multistep2 STEPS [RATER...]
#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/grad_mode.h>

#include "app/feedback/head_evaluation.h"
#include "inference/engine/batch_velocity.h"
#include "inference/engine/candidates.h"
#include "inference/engine/engine_core.h"
#include "inference/engine/local_engine.h"
#include "inference/engine/pixels.h"
#include "inference/learning/feature_reader.h"
#include "inference/sampling/noise.h"
#include "inference/sampling/sampler.h"
#include "inference/sampling/schedule.h"

namespace {

constexpr std::size_t pictures_of_prompt = 8;
constexpr std::ptrdiff_t turns = 10;
constexpr double shares[] = {0.2, 0.28, 0.4, 0.48, 0.6};  ///< 5, 7, 10, 12 and 15 of 25 steps

template <typename T> T must(inference::Result<T> result) {
    if (result) return *std::move(result);
    std::fprintf(stderr, "%s\n", result.error().detail.c_str());
    std::exit(1);
}

/// Pictures of the evaluation's prompts: what a head sees of each after a step, its clean estimate decoded, and in the end.
struct Drawn {
    std::map<int, std::vector<app::PictureTraits>> traits;
    std::vector<app::RatedPicture> done;
};

class Drawing {
public:
    Drawing(const inference::EngineConfig& config, const inference::GenerationRequest& drawing, std::vector<int> looks) :
        core_(config, {}, {}), drawing_(inference::with_defaults(drawing, core_.info())),
        schedule_(inference::make_flow_match_schedule(drawing_.num_inference_steps, core_.model().config.scheduler_shift)), looks_(std::move(looks)) {
    }

    const inference::Schedule& schedule() const { return schedule_; }

    /// Of one prompt, with seeds in a row.
    void draw(const std::string& prompt, std::uint64_t seed, Drawn& drawn) {
        const auto& model = core_.model();
        auto& prompts = core_.prompts();
        const auto states = prompts.understand(model, {prompts.tokenize(model, prompt, {}), prompts.tokenize(model, {}, {})}, {});
        const inference::FeatureReader reader(core_.frozen_model(
            [&](const auto& texts, const auto&) { return std::vector<std::shared_ptr<const inference::PromptState>>(texts.size(), states[0]); }));
        const auto look = [&](int step, const torch::Tensor& latents) {
            std::vector<inference::PictureQuery> pictures;
            for (const auto& one : latents.split(1)) {
                pictures.push_back({inference::to_pixels(model.autoencoder->decode(one)[0], model.config.autoencoder.pixel_space), prompt, {}});
            }
            auto features = reader.read(pictures, {});
            for (std::size_t i = 0; i < pictures.size(); ++i) {
                drawn.traits[step].push_back({std::move(features[i].image), std::move(features[i].prompt), app::pixelStatistics(pictures[i].pixels)});
                if (step == schedule_.steps()) drawn.done.push_back({std::move(pictures[i].pixels), prompt});
            }
        };
        const auto on_step = [&](const inference::SamplerStep& step) {
            if (std::find(looks_.begin(), looks_.end(), step.step) != looks_.end()) look(step.step, step.clean_estimate());
        };
        std::vector<std::uint64_t> seeds;
        for (std::size_t i = 0; i < pictures_of_prompt; ++i) seeds.push_back(seed + i);
        const auto factor = model.config.autoencoder.factor();
        const auto noise = inference::draw_noise(seeds, core_.info().latent_channels, drawing_.height / factor, drawing_.width / factor);
        inference::BatchVelocity velocity(*model.transformer, {states, {}, drawing_.guidance_scale, false, pictures_of_prompt});
        const auto integrate = inference::integrator_of(drawing_.sampler);
        look(schedule_.steps(), integrate(std::ref(velocity), {noise}, schedule_.steps(), schedule_, on_step, {}).latents);
    }

private:
    inference::EngineCore core_;
    inference::GenerationRequest drawing_;
    inference::Schedule schedule_;
    std::vector<int> looks_;
};

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Medians of both, and the median of what one turn says of the other.
void compare_times(inference::Engine& engine, inference::GenerationRequest request, const std::vector<std::string>& prompts) {
    std::vector<double> pruned, whole, shares_of_time;
    int given_up = 0;
    for (std::size_t i = 0; i < prompts.size(); ++i) {
        request.prompt = prompts[i];
        std::vector<inference::PictureQuery> drawn;
        inference::GenerationCallbacks callbacks;
        callbacks.on_image = [&](inference::RenderedImage image) { drawn.push_back({std::move(image.pixels), request.prompt, {}}); };
        callbacks.judge = [](const std::vector<inference::Candidate>& candidates) { return std::vector<double>(candidates.size(), 1.0); };
        auto four = request, best = request;
        four.num_images = four.batch_size = best.candidates = 4;
        const auto draw_whole = [&] {
            drawn.clear();
            must(engine.generate(four, callbacks, {}));
            must(engine.learning()->features(drawn, {}));
        };
        const auto draw_pruned = [&] { given_up += must(engine.generate(best, callbacks, {})).candidates_given_up; };
        must(engine.generate(request, callbacks, {}));  // the prompt is understood and kept
        if (i % 2 == 0) whole.push_back(seconds_of(draw_whole));
        pruned.push_back(seconds_of(draw_pruned));
        if (i % 2 != 0) whole.push_back(seconds_of(draw_whole));
        shares_of_time.push_back(pruned.back() / whole.back());
        std::fprintf(stderr, "\rtiming %zu/%zu   ", i + 1, prompts.size());
    }
    const auto median = [](std::vector<double> values) {
        std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
        return values[values.size() / 2];
    };
    std::printf("best of four %.2f s, four whole %.2f s, share of the time %.0f%% (medians of %zu turns; %d candidates given up)\n", median(pruned),
                median(whole), 100.0 * median(shares_of_time), prompts.size(), given_up);
}

std::vector<double> foretold(const app::FittedHead& fitted, const std::vector<app::PictureTraits>& traits) {
    std::vector<double> stars;
    for (const auto& picture : traits) stars.push_back(fitted.head.opinion(must(fitted.basis.project(picture))).stars);
    return stars;
}

struct Outcome {
    double same = 0.0, win = 0.0, whole_win = 0.0;  ///< means over all fours
};

/// @param early, late  stars foretold on the way and in the end. @param z  what the rater thinks of the pictures
Outcome outcome_of(const app::EvaluationData& data, const std::vector<double>& early, const std::vector<double>& late, const std::vector<double>& z) {
    const std::size_t prompts = data.evaluation_prompts.size(), of_prompt = data.unseen_z.size() / prompts;
    Outcome sum;
    double fours = 0.0;
    for (std::size_t p = 0; p < prompts; ++p) {
        const auto end = data.unseen_z.begin() + static_cast<std::ptrdiff_t>((p + 1) * of_prompt);
        const std::vector<double> others(end - static_cast<std::ptrdiff_t>(of_prompt / 2), end);
        for (unsigned set = 0; set < (1U << pictures_of_prompt); ++set) {
            if (std::popcount(set) != 4) continue;
            std::vector<double> on_the_way, done, liked;
            for (std::size_t i = 0; i < pictures_of_prompt; ++i) {
                if ((set >> i & 1U) == 0) continue;
                on_the_way.push_back(early[p * pictures_of_prompt + i]);
                done.push_back(late[p * pictures_of_prompt + i]);
                liked.push_back(z[p * pictures_of_prompt + i]);
            }
            const auto kept = inference::better_half(on_the_way);
            const auto chosen = *std::max_element(kept.begin(), kept.end(), [&](std::size_t a, std::size_t b) { return done[a] < done[b]; });
            const auto best = inference::best_of(done);
            sum.same += chosen == best ? 1.0 : 0.0;
            sum.win += app::winShare({liked[chosen]}, others);
            sum.whole_win += app::winShare({liked[best]}, others);
            fours += 1.0;
        }
    }
    return {sum.same / fours, sum.win / fours, sum.whole_win / fours};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 6) {
        std::fprintf(stderr, "usage: candidate_pruning PIPELINE TEXT_MODEL PICTURES_FOLDER SAMPLER STEPS [RATER...]\n");
        return 2;
    }
    const at::NoGradGuard no_grad;
    inference::EngineConfig config;
    config.pipeline_path = argv[1];
    config.text_model_path = argv[2];
    inference::GenerationRequest drawing;
    drawing.sampler = must(inference::parse_sampler(argv[4]));
    drawing.num_inference_steps = std::atoi(argv[5]);
    std::vector<std::string> raters(argv + 6, argv + argc);
    if (raters.empty()) raters = {"warmth", "symmetry", "colourful"};

    app::EvaluationOptions options;
    options.seed = 1;
    std::vector<app::EvaluationData> rated;
    {
        const auto engine = must(inference::make_local_engine(config, {}, {}));
        options.drawing.sampler = inference::Sampler::multistep2;
        options.drawing.num_inference_steps = 12;
        options.drawing = inference::with_defaults(options.drawing, engine->model());
        app::PicturePool pool(QString::fromLocal8Bit(argv[3]));
        for (const auto& rater : raters) {
            options.rater = must(app::findRater(rater));
            const auto progress = [](const char* stage, int done, int total) { std::fprintf(stderr, "\r%s %d/%d   ", stage, done, total); };
            rated.push_back(must(app::prepareEvaluation(*engine, pool, options, progress, {})));
        }
        const auto& prompts = rated.front().evaluation_prompts;
        compare_times(*engine, drawing, {prompts.begin(), prompts.begin() + std::min<std::ptrdiff_t>(turns, std::ssize(prompts))});
    }
    std::vector<int> looks;
    for (const double share : shares) looks.push_back(static_cast<int>(std::lround(share * drawing.num_inference_steps)));
    const auto& data = rated.front();
    const std::size_t of_prompt = data.unseen.size() / data.evaluation_prompts.size();
    Drawing engine(config, drawing, looks);
    Drawn drawn;
    for (std::size_t p = 0; p < data.evaluation_prompts.size(); ++p) {
        engine.draw(data.evaluation_prompts[p], data.unseen[p * of_prompt].seed, drawn);
        std::fprintf(stderr, "\rlooking on the way %zu/%zu   ", p + 1, data.evaluation_prompts.size());
    }
    std::fprintf(stderr, "\n");
    std::printf("%-10s %5s %6s %12s %6s %8s %8s\n", "rater", "step", "sigma", "evaluations", "same", "W", "W whole");
    const int steps = engine.schedule().steps();
    for (std::size_t r = 0; r < raters.size(); ++r) {
        options.rater = must(app::findRater(raters[r]));
        const auto fitted = must(app::fitHead(rated[r], options));
        auto z = must(options.rater.scores(drawn.done));
        for (double& score : z) score = rated[r].standardisation.apply(score);
        const auto done = foretold(fitted, drawn.traits[steps]);
        for (const int step : looks) {
            const auto outcome = outcome_of(rated[r], foretold(fitted, drawn.traits[step]), done, z);
            std::printf("%-10s %5d %6.3f %11.0f%% %5.1f%% %7.1f%% %7.1f%%\n", raters[r].c_str(), step,
                        static_cast<double>(engine.schedule().sigma(step - 1)), 100.0 * (4 * step + 2 * (steps - step)) / (4.0 * steps),
                        100.0 * outcome.same, 100.0 * outcome.win, 100.0 * outcome.whole_win);
        }
    }
    return 0;
}
